import type { CommandSpec } from '../../cli/command-spec.ts';
import { templateArgument } from '../../cli/template-settings.ts';
import { templateDocument, templateText } from '../../core/view/template-text.ts';
import { requiredName } from './required-name.ts';

export const templateShow: CommandSpec = {
  name: 'template show',
  group: 'warm',
  summary: 'Show what a template was made from, its parts, and whether it can be forked here and now',
  arguments: [templateArgument],
  examples: [
    { command: 'sysmonvm template show ci', what: 'for people' },
    { command: 'sysmonvm template show ci --json', what: 'with every input and digest' },
  ],
  document: 'template',
  run: async (context) => {
    const template = await (await context.engine()).templates.show(requiredName(context));
    context.output.document({ template: templateDocument(template) }, () => templateText(template, Date.now()));
    return 0;
  },
};
