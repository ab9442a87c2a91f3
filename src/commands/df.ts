import type { CommandSpec } from '../cli/command-spec.ts';
import { diskUseTable, totalBytes } from '../core/view/disk-use-table.ts';

export const df: CommandSpec = {
  name: 'df',
  group: 'look',
  summary: 'Show what images, overlays and logs hold on the disk',
  examples: [
    { command: 'sysmonvm df', what: 'largest first' },
    { command: "sysmonvm df --json | jq '.totalBytes'", what: 'the sum, for a script' },
  ],
  document: 'df',
  run: async (context) => {
    const uses = await (await context.engine()).diskUse();
    context.output.document({ uses, totalBytes: totalBytes(uses) }, () => diskUseTable(uses));
    return 0;
  },
};
