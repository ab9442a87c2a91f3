import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { answerDocument, answerText } from '../core/view/answer-text.ts';

export const vmPause: CommandSpec = {
  name: 'vm-pause',
  group: 'life',
  summary: 'Stop the processors of a VM; its memory stays with QEMU',
  description: 'A paused guest uses no processor time and answers nothing. `vm-resume` lets it go on where it was.',
  arguments: [vmArgument],
  examples: [
    { command: 'sysmonvm vm-pause', what: 'the VM of the configuration' },
    { command: 'sysmonvm vm-pause build && make -j8 && sysmonvm vm-resume build', what: 'the processors for yourself' },
  ],
  document: 'answer',
  run: async (context) => {
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    const answer = await engine.suspension.pause(name, context.call);
    await context.endProgress();
    context.output.document(answerDocument(answer), () => answerText(answer));
    return 0;
  },
};
