import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { answerDocument, answerText } from '../core/view/answer-text.ts';

export const vmResume: CommandSpec = {
  name: 'vm-resume',
  group: 'life',
  summary: 'Let a paused VM go on, and set its clock',
  description: 'A VM that was suspended is resumed by `vm-start`.',
  arguments: [vmArgument],
  examples: [
    { command: 'sysmonvm vm-resume', what: 'the VM of the configuration' },
    { command: 'sysmonvm vm-resume build --json', what: 'for a script' },
  ],
  document: 'answer',
  run: async (context) => {
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    const answer = await engine.suspension.resume(name, context.call);
    await context.endProgress();
    context.output.document(answerDocument(answer), () => answerText(answer));
    return 0;
  },
};
