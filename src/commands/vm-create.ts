import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { refuseFrozenSettings } from '../cli/template-settings.ts';
import { answerDocument, answerText } from '../core/view/answer-text.ts';

export const vmCreate: CommandSpec = {
  name: 'vm-create',
  group: 'life',
  summary: 'Make a VM: disk, firmware variables, keys, cloud-init seed',
  description:
    'All or nothing: after a failure or Ctrl-C there is no half VM. The base image is never written to; the VM gets an overlay.',
  arguments: [vmArgument],
  settings: 'create',
  options: [
    {
      flags: '--template <name>',
      description: 'as a fork of this template; only name, hostname, ports and time to live can be chosen',
      complete: 'template',
    },
  ],
  examples: [
    { command: 'sysmonvm vm-create && sysmonvm vm-start', what: 'the VM of the configuration' },
    {
      command: 'sysmonvm vm-create build --image debian-12 --cpus 2 --memory 2G',
      what: 'a small one from a local image',
    },
    { command: 'sysmonvm vm-create ci --port 8080:80 --ttl 2h', what: 'with a port, removed by vm-gc after two hours' },
  ],
  document: 'answer',
  run: async (context) => {
    const config = await context.config();
    const template = context.flags.text('template');
    if (template !== undefined) refuseFrozenSettings(config, `it was frozen with template ${template}`);
    const answer = await (await context.engine()).create(
      { config, ...(template === undefined ? {} : { template }) },
      context.call,
    );
    await context.endProgress();
    context.output.document(answerDocument(answer), () => answerText(answer));
    return 0;
  },
};
