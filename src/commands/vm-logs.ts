import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import type { LogSource } from '../core/engine.ts';
import { printable } from '../core/view/printable.ts';

const sources: readonly LogSource[] = ['console', 'qemu', 'cloud-init', 'events'];

export const vmLogs: CommandSpec = {
  name: 'vm-logs',
  group: 'look',
  summary: 'Read what a VM wrote: console, QEMU, cloud-init, events',
  description:
    'On a terminal the lines of the guest are shown without their control characters; into a file they go as they are. With --follow --json each line is one record.',
  arguments: [vmArgument],
  options: [
    { flags: '-f, --follow', description: 'go on with what is written from now on' },
    { flags: '--source <source>', description: 'which log (default: console)', choices: sources },
    { flags: '-n, --lines <count>', description: 'only the last lines' },
  ],
  examples: [
    { command: 'sysmonvm vm-logs --follow', what: 'watch the console' },
    { command: 'sysmonvm vm-logs build --source cloud-init -n 50', what: 'the end of the provisioning log' },
  ],
  document: 'logs',
  stream: true,
  run: async (context) => {
    const { flags, output, terminal } = context;
    const follow = flags.on('follow');
    const count = flags.integer('lines', { min: 0 });
    const source = sources.find((known) => known === flags.text('source')) ?? 'console';
    const [engine, vm] = await Promise.all([context.engine(), context.vmName()]);
    const options = { source, follow, ...(count === undefined ? {} : { lines: count }) };
    const lines: string[] = [];
    for await (const line of engine.logs(vm, options, context.call)) {
      if (output.json && !follow) lines.push(line);
      else output.record({ vm, source, line }, () => `${terminal.stdoutIsTty ? printable(line) : line}\n`);
    }
    if (output.json && !follow) output.document({ vm, source, lines }, () => '');
    return 0;
  },
};
