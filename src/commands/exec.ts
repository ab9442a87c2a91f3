import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { guestCommandOptions, readGuestCommand, readVia, runWithStreams, viaText } from '../cli/guest-command.ts';
import { readTimeout } from '../cli/start-options.ts';

export const exec: CommandSpec = {
  name: 'exec',
  group: 'use',
  summary: 'Run a command in the guest; its exit code becomes ours',
  description: `Words after \`--\` reach the guest as they are, without another round of shell expansion; for a pipeline give \`sh -c\`. Waits when the VM is booting. ${viaText}`,
  arguments: [vmArgument],
  options: [...guestCommandOptions, { flags: '-u, --user <name>', description: 'run as this user (through sudo)' }],
  guestCommand: 'required',
  guestExitCode: true,
  examples: [
    { command: 'sysmonvm exec -- uname -a', what: 'in the VM of the configuration' },
    { command: 'sysmonvm exec build --workdir /src --env CI -- make test', what: 'in a folder, with a variable' },
    { command: 'sysmonvm exec build --user root -- sh -c "dmesg | tail"', what: 'a pipeline as root' },
  ],
  document: 'exec',
  run: async (context) => {
    const via = readVia(context);
    const command = readGuestCommand(context, context.flags.text('user'));
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    return runWithStreams(context, (streams) =>
      engine.exec(name, command, streams, { ...readTimeout(context.flags), ...via }, context.call),
    );
  },
};
