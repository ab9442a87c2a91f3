import type { CommandSpec } from '../../cli/command-spec.ts';
import { templateDocument, templateListTable } from '../../core/view/template-text.ts';

export const templateList: CommandSpec = {
  name: 'template list',
  group: 'warm',
  summary: 'List the templates of the workspace, their size and who uses them',
  examples: [
    { command: 'sysmonvm template list', what: 'a table' },
    { command: "sysmonvm template list --json | jq -r '.templates[].name'", what: 'names, for a script' },
  ],
  document: 'template-list',
  run: async (context) => {
    const templates = await (await context.engine()).templates.list();
    context.output.document({ templates: templates.map(templateDocument) }, () =>
      templates.length === 0 ? '' : templateListTable(templates, Date.now()),
    );
    if (templates.length === 0 && !context.output.json)
      context.output.note('No template yet. Make one: sysmonvm template create NAME');
    return 0;
  },
};
