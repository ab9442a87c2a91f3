import type { CommandSpec } from '../../cli/command-spec.ts';
import { answerDocument, answerText } from '../../core/view/answer-text.ts';
import { namedVm, readSnapshot, snapshotArgument } from './snapshot-arguments.ts';

export const vmSnapshotRestore: CommandSpec = {
  name: 'vm-snapshot restore',
  group: 'life',
  summary: 'Put a VM back to one of its snapshots; what came after is lost',
  description:
    'With memory, its guest goes on from there, whether the VM ran or not, and its clock is set. Without memory the VM must be stopped.',
  arguments: [namedVm, snapshotArgument],
  options: [
    {
      flags: '--restart',
      description: 'stop a VM that runs, when the snapshot has no memory, and start it afterwards',
    },
  ],
  examples: [
    { command: 'sysmonvm vm-snapshot restore build clean', what: 'go back' },
    { command: 'sysmonvm vm-snapshot restore build disk-only --restart', what: 'the disk of a VM that runs' },
  ],
  document: 'answer',
  run: async (context) => {
    const { engine, name, snapshot } = await readSnapshot(context);
    const restart = context.flags.on('restart');
    const answer = await engine.snapshots.restore(name, snapshot, { restart }, context.call);
    await context.endProgress();
    context.output.document(answerDocument(answer), () => answerText(answer));
    return 0;
  },
};
