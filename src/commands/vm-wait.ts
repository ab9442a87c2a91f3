import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { readTimeout } from '../cli/start-options.ts';
import { answerDocument, answerText } from '../core/view/answer-text.ts';

export const vmWait: CommandSpec = {
  name: 'vm-wait',
  group: 'life',
  summary: 'Wait until a VM is ready, or until it has stopped',
  arguments: [vmArgument],
  options: [
    { flags: '--until <state>', description: 'what to wait for (default: ready)', choices: ['ready', 'stopped'] },
    { flags: '--timeout <duration>', description: 'give up after this time, with exit code 7' },
  ],
  examples: [
    { command: 'sysmonvm vm-start --no-wait && sysmonvm vm-wait', what: 'do something else while it boots' },
    { command: 'sysmonvm vm-wait build --until stopped --timeout 5m', what: 'until the guest has powered off' },
  ],
  document: 'answer',
  run: async (context) => {
    const until = context.flags.text('until') === 'stopped' ? 'stopped' : 'ready';
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    const answer = await engine.wait(name, { until, ...readTimeout(context.flags) }, context.call);
    await context.endProgress();
    context.output.document(answerDocument(answer), () => answerText(answer));
    return 0;
  },
};
