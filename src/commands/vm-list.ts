import type { CommandSpec } from '../cli/command-spec.ts';
import { vmDocument } from '../core/view/vm-document.ts';
import { vmListTable } from '../core/view/vm-list-table.ts';

export const vmList: CommandSpec = {
  name: 'vm-list',
  group: 'look',
  summary: 'List the VMs of the workspace',
  examples: [
    { command: 'sysmonvm vm-list', what: 'a table' },
    {
      command: 'sysmonvm vm-list --json | jq -r \'.vms[] | select(.state == "ready") | .name\'',
      what: 'names of what is ready',
    },
  ],
  document: 'vm-list',
  run: async (context) => {
    const vms = await (await context.engine()).list();
    context.output.document({ vms: vms.map(vmDocument) }, () => (vms.length === 0 ? '' : vmListTable(vms, Date.now())));
    if (vms.length === 0 && !context.output.json) context.output.note('No VM yet. Make one: sysmonvm up');
    return 0;
  },
};
