import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { readTimeout } from '../cli/start-options.ts';
import { answerDocument, answerText } from '../core/view/answer-text.ts';

export const down: CommandSpec = {
  name: 'down',
  group: 'life',
  summary: 'The way back from `up`: stop the VM, keep its disk',
  description: 'A VM that is stopped already is fine. `vm-destroy` removes it.',
  arguments: [vmArgument],
  options: [
    { flags: '-f, --force', description: 'do not ask the guest to power off' },
    { flags: '--timeout <duration>', description: 'how long the guest may take to power off' },
  ],
  examples: [
    { command: 'sysmonvm down', what: 'stop the VM of the configuration' },
    { command: 'sysmonvm down build --force && sysmonvm vm-destroy build --yes', what: 'stop and remove' },
  ],
  document: 'answer',
  run: async (context) => {
    const { flags } = context;
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    const answer = await engine.stop(name, { force: flags.on('force'), ...readTimeout(flags) }, context.call);
    await context.endProgress();
    context.output.document(answerDocument(answer), () => answerText(answer));
    return 0;
  },
};
