import type { CommandSpec } from '../../cli/command-spec.ts';
import { templateArgument } from '../../cli/template-settings.ts';
import { templateDocument } from '../../core/view/template-text.ts';
import { requiredName } from './required-name.ts';

export const templateVerify: CommandSpec = {
  name: 'template verify',
  group: 'warm',
  summary: 'Read every part of a template again and compare it with what was sealed',
  description:
    'A fork reads the small parts and trusts the stamp (inode, size, times) of memory and disk; this reads everything.',
  arguments: [templateArgument],
  examples: [
    { command: 'sysmonvm template verify ci', what: 'exit code 0 when it is whole' },
    { command: 'sysmonvm template verify ci || sysmonvm template destroy ci --yes', what: 'in a script' },
  ],
  document: 'template',
  run: async (context) => {
    const name = requiredName(context);
    const template = await (await context.engine()).templates.verify(name, context.call);
    await context.endProgress();
    context.output.document({ template: templateDocument(template) }, () => `${name}: every part is what was sealed\n`);
    return 0;
  },
};
