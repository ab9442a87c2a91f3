import type { CommandSpec } from '../../cli/command-spec.ts';
import { poolDocument, poolTable } from '../../core/view/pool-text.ts';

export const poolList: CommandSpec = {
  name: 'pool list',
  group: 'warm',
  summary: 'List the pools of the workspace, how many members are ready and the memory they hold',
  examples: [
    { command: 'sysmonvm pool list', what: 'a table' },
    { command: "sysmonvm pool list --json | jq '.pools[].ready'", what: 'how many are ready' },
  ],
  document: 'pool-list',
  run: async (context) => {
    const pools = await (await context.engine()).pools.list();
    context.output.document({ pools: pools.map(poolDocument) }, () => (pools.length === 0 ? '' : poolTable(pools)));
    if (pools.length === 0 && !context.output.json)
      context.output.note('No pool yet. Make one: sysmonvm pool create TEMPLATE --size 2');
    return 0;
  },
};
