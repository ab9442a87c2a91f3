import type { CommandContext } from '../../cli/command-context.ts';
import { type ArgumentSpec, vmArgument } from '../../cli/command-spec.ts';

/** Both are named: a snapshot of the wrong VM is not told from the right one by its name. */
export const namedVm: ArgumentSpec = { ...vmArgument, description: 'name of the VM', required: true };

export const snapshotArgument: ArgumentSpec = {
  name: 'snapshot',
  description: 'name of the snapshot',
  required: true,
  complete: 'none',
};

export async function readSnapshot(context: CommandContext) {
  const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
  return { engine, name, snapshot: context.argument('snapshot') ?? '' };
}
