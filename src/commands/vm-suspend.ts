import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { answerDocument, answerText } from '../core/view/answer-text.ts';

export const vmSuspend: CommandSpec = {
  name: 'vm-suspend',
  group: 'life',
  summary: 'Save the memory of a VM to disk and end QEMU; vm-start resumes it',
  description:
    'Programs in the guest go on where they were, also after the host was rebooted; open connections to it are lost. The file is in the directory of the VM and as secret as the memory was.',
  arguments: [vmArgument],
  examples: [
    { command: 'sysmonvm vm-suspend && sysmonvm vm-start', what: 'the VM of the configuration, there and back' },
    { command: 'sysmonvm vm-suspend build && sysmonvm vm-start build --cold', what: 'give the saved memory up' },
  ],
  document: 'answer',
  run: async (context) => {
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    const answer = await engine.suspension.suspend(name, context.call);
    await context.endProgress();
    context.output.document(answerDocument(answer), () => answerText(answer));
    return 0;
  },
};
