import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { guestCommandOptions, readGuestCommand, runWithStreams } from '../cli/guest-command.ts';
import { readTimeout } from '../cli/start-options.ts';
import { systemSshArguments } from '../core/ssh/system-ssh.ts';

export const ssh: CommandSpec = {
  name: 'ssh',
  group: 'use',
  summary: 'Open a shell in the guest, or run a command as `exec` does',
  description:
    'The shell is opened by the ssh of the host, with the host key pinned before the first connection. With `--` nothing but our own SSH is used. With --json and no command the arguments for ssh are printed.',
  arguments: [vmArgument],
  options: guestCommandOptions,
  guestCommand: 'optional',
  guestExitCode: true,
  examples: [
    { command: 'sysmonvm ssh', what: 'a shell in the VM of the configuration' },
    { command: 'sysmonvm ssh build -- systemctl is-system-running', what: 'one command; its exit code is ours' },
  ],
  document: 'exec',
  run: async (context) => {
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    if (context.guestCommand.length > 0) {
      const command = readGuestCommand(context);
      return runWithStreams(context, (streams) =>
        engine.exec(name, command, streams, readTimeout(context.flags), context.call),
      );
    }
    const target = await engine.sshTarget(name, { waitReady: true }, context.call);
    const args = systemSshArguments(target, { interactive: context.terminal.stdinIsTty });
    await context.endProgress();
    if (context.output.json) {
      context.output.document({ program: 'ssh', args, target }, () => '');
      return 0;
    }
    return (await (await context.composition()).runAttached('ssh', args, context.call.signal)).exitCode;
  },
};
