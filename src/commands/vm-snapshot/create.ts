import type { CommandSpec } from '../../cli/command-spec.ts';
import { snapshotDocument, snapshotTable } from '../../core/view/vm-snapshot-table.ts';
import { namedVm, readSnapshot, snapshotArgument } from './snapshot-arguments.ts';

export const vmSnapshotCreate: CommandSpec = {
  name: 'vm-snapshot create',
  group: 'life',
  summary: 'Keep the state of a VM under a name, in its disk',
  description:
    'Of a VM that runs, the memory is kept too; it stands still meanwhile. Of a stopped one, the disk alone. A snapshot is no backup: it lies in the same file.',
  arguments: [namedVm, snapshotArgument],
  examples: [
    { command: 'sysmonvm vm-snapshot create build clean', what: 'something to go back to' },
    { command: 'sysmonvm vm-stop build && sysmonvm vm-snapshot create build disk-only', what: 'without memory' },
  ],
  document: 'vm-snapshots',
  run: async (context) => {
    const { engine, name, snapshot } = await readSnapshot(context);
    const made = await engine.snapshots.create(name, snapshot, context.call);
    await context.endProgress();
    context.output.document({ vm: name, snapshots: [snapshotDocument(made)] }, () => snapshotTable([made]));
    return 0;
  },
};
