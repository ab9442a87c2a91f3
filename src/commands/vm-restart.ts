import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { readStartOptions, waitOptions } from '../cli/start-options.ts';
import { answerDocument, answerText } from '../core/view/answer-text.ts';

export const vmRestart: CommandSpec = {
  name: 'vm-restart',
  group: 'life',
  summary: 'Stop a VM, start it again, wait until it is ready',
  arguments: [vmArgument],
  settings: 'start',
  options: [{ flags: '-f, --force', description: 'do not ask the guest to power off' }, ...waitOptions],
  examples: [
    { command: 'sysmonvm vm-restart', what: 'the VM of the configuration' },
    { command: 'sysmonvm vm-restart build --force --timeout 3m', what: 'a guest that hangs' },
  ],
  document: 'answer',
  run: async (context) => {
    const { flags } = context;
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    const answer = await engine.restart(name, { ...readStartOptions(flags), force: flags.on('force') }, context.call);
    await context.endProgress();
    context.output.document(answerDocument(answer), () => answerText(answer));
    return 0;
  },
};
