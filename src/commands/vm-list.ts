import type { CommandSpec } from '../cli/command-spec.ts';
import { vmDocument } from '../core/view/vm-document.ts';
import { vmListTable } from '../core/view/vm-list-table.ts';

export const vmList: CommandSpec = {
  name: 'vm-list',
  group: 'look',
  summary: 'List the VMs of the workspace',
  options: [{ flags: '-a, --all', description: 'members of pools as well, which nobody has claimed yet' }],
  examples: [
    { command: 'sysmonvm vm-list', what: 'a table' },
    {
      command: 'sysmonvm vm-list --json | jq -r \'.vms[] | select(.state == "ready") | .name\'',
      what: 'names of what is ready',
    },
  ],
  document: 'vm-list',
  run: async (context) => {
    const every = await (await context.engine()).list();
    const vms = context.flags.on('all') ? every : every.filter((vm) => vm.pool === undefined);
    const hidden = every.length - vms.length;
    context.output.document({ vms: vms.map(vmDocument) }, () => (vms.length === 0 ? '' : vmListTable(vms, Date.now())));
    if (hidden > 0 && !context.output.json)
      context.output.note(
        `${hidden} ${hidden === 1 ? 'member of a pool is' : 'members of pools are'} not shown: --all`,
      );
    else if (vms.length === 0 && !context.output.json) context.output.note('No VM yet. Make one: sysmonvm up');
    return 0;
  },
};
