import { type CommandSpec, vmArgument } from '../../cli/command-spec.ts';
import { snapshotDocument, snapshotTable } from '../../core/view/vm-snapshot-table.ts';

export const vmSnapshotList: CommandSpec = {
  name: 'vm-snapshot list',
  group: 'life',
  summary: 'Show the snapshots of a VM',
  arguments: [vmArgument],
  examples: [
    { command: 'sysmonvm vm-snapshot list', what: 'of the VM of the configuration' },
    { command: 'sysmonvm vm-snapshot list build --json', what: 'for a script' },
  ],
  document: 'vm-snapshots',
  run: async (context) => {
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    const snapshots = await engine.snapshots.list(name);
    await context.endProgress();
    context.output.document({ vm: name, snapshots: snapshots.map(snapshotDocument) }, () => snapshotTable(snapshots));
    return 0;
  },
};
