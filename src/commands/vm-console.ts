import { detachKeyName } from '../cli/attach-terminal.ts';
import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { fail } from '../core/errors/sysmonvm-error.ts';

export const vmConsole: CommandSpec = {
  name: 'vm-console',
  group: 'use',
  summary: `Sit at the serial console of a running VM; ${detachKeyName} leaves it`,
  description:
    'Needs a terminal. Everything typed goes to the guest, Ctrl-C too. The log of the console is kept meanwhile.',
  arguments: [vmArgument],
  examples: [
    { command: 'sysmonvm vm-console', what: 'the VM of the configuration' },
    { command: 'sysmonvm vm-start --no-wait && sysmonvm vm-console', what: 'watch the firmware and the boot loader' },
  ],
  document: 'console',
  run: async (context) => {
    const { output, terminal } = context;
    if (!terminal.stdinIsTty || output.json) {
      fail('usage.terminal-needed', 'The console is interactive and needs a terminal, without --json.', {
        next: [`sysmonvm vm-logs ${context.argument('name') ?? ''} --source console --follow`.replace('  ', ' ')],
      });
    }
    const [engine, composition, name] = await Promise.all([context.engine(), context.composition(), context.vmName()]);
    const path = await engine.consoleSocket(name);
    const socket = await composition.openSocket(path, context.call.signal);
    output.note(`Console of ${name}. Leave with ${detachKeyName}; press Enter for a prompt.`);
    const how = await context.attach(socket);
    output.note(
      how === 'detached' ? `\nLeft the console of ${name}; it runs on.` : `\nThe console of ${name} was closed.`,
    );
    return 0;
  },
};
