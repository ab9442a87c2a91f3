import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { formatTime } from '../core/view/times.ts';

export const watch: CommandSpec = {
  name: 'watch',
  group: 'look',
  summary: 'Print the events of all VMs, or of one, as they happen',
  description: 'Sees what other processes do, without a daemon. With --json each event is one line.',
  arguments: [{ ...vmArgument, description: 'only this VM' }],
  options: [{ flags: '--history', description: 'begin with the events so far' }],
  examples: [
    { command: 'sysmonvm watch', what: 'in a second terminal' },
    { command: 'sysmonvm watch build --history --json', what: 'everything that happened to one VM, as records' },
  ],
  document: 'event',
  stream: true,
  run: async (context) => {
    const vm = context.argument('name');
    const options = { history: context.flags.on('history'), ...(vm === undefined ? {} : { vm }) };
    const events = (await context.engine()).events(options, context.call);
    for await (const event of events) {
      context.output.record(event, () => {
        const data = event.data === undefined ? '' : ` ${JSON.stringify(event.data)}`;
        return `${formatTime(event.timestamp)} ${event.vm} ${event.type}${data}\n`;
      });
    }
    return 0;
  },
};
