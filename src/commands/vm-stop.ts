import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { readTimeout } from '../cli/start-options.ts';
import { answerDocument, answerText } from '../core/view/answer-text.ts';

export const vmStop: CommandSpec = {
  name: 'vm-stop',
  group: 'life',
  summary: 'Stop a VM: power button first, then harder',
  arguments: [vmArgument],
  options: [
    { flags: '-f, --force', description: 'do not ask the guest; unsaved data in it is lost' },
    { flags: '--timeout <duration>', description: 'how long the guest may take to power off' },
  ],
  examples: [
    { command: 'sysmonvm vm-stop', what: 'the VM of the configuration' },
    { command: 'sysmonvm vm-stop build --force', what: 'at once' },
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
