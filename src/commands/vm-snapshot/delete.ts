import type { CommandSpec } from '../../cli/command-spec.ts';
import { removalText } from '../../core/view/removal-text.ts';
import { namedVm, readSnapshot, snapshotArgument } from './snapshot-arguments.ts';

export const vmSnapshotDelete: CommandSpec = {
  name: 'vm-snapshot delete',
  group: 'life',
  summary: 'Remove a snapshot of a VM; the VM stays as it is now',
  arguments: [namedVm, snapshotArgument],
  examples: [
    { command: 'sysmonvm vm-snapshot delete build clean', what: 'its room in the file is used again' },
    { command: 'sysmonvm vm-snapshot delete build clean --json', what: 'for a script' },
  ],
  document: 'removals',
  run: async (context) => {
    const { engine, name, snapshot } = await readSnapshot(context);
    const removals = await engine.snapshots.delete(name, snapshot, context.call);
    await context.endProgress();
    context.output.document({ vm: name, dryRun: false, removals }, () => `Removed:\n${removalText(removals)}`);
    return 0;
  },
};
