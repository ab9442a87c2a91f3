import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { QmpSession } from '../../core/ports/vm-launcher.ts';
import type { Dependencies } from '../dependencies.ts';
import { setCapabilities } from './migration.ts';

/** QEMU answers nothing else while it writes or reads the memory of a machine. */
const busy = { timeoutMs: 10 * 60_000 };

interface Nodes {
  /** Of the disk: the one that takes the memory. */
  readonly disk: string;
  readonly all: readonly string[];
}

export async function saveSnapshot(deps: Pick<Dependencies, 'clock'>, qmp: QmpSession, tag: string): Promise<void> {
  const { disk, all } = await nodesOf(qmp);
  await run(deps, qmp, 'snapshot-save', { tag, vmstate: disk, devices: all });
}

/** The machine stands still, before and after. A failure may leave a machine that must not go on. */
export async function loadSnapshot(deps: Pick<Dependencies, 'clock'>, qmp: QmpSession, tag: string): Promise<void> {
  const { disk, all } = await nodesOf(qmp);
  await run(deps, qmp, 'snapshot-load', { tag, vmstate: disk, devices: all });
}

export async function deleteSnapshot(deps: Pick<Dependencies, 'clock'>, qmp: QmpSession, tag: string): Promise<void> {
  await run(deps, qmp, 'snapshot-delete', { tag, devices: (await nodesOf(qmp)).all });
}

interface BlockDevice {
  readonly device: string;
  readonly inserted?: { readonly 'node-name': string; readonly drv: string; readonly ro: boolean };
}

async function nodesOf(qmp: QmpSession): Promise<Nodes> {
  const devices = await qmp.execute<readonly BlockDevice[]>('query-block');
  const writable = devices.filter(({ inserted }) => inserted && !inserted.ro && inserted.drv === 'qcow2');
  const disk = writable.find(({ device }) => device === 'disk')?.inserted?.['node-name'];
  if (disk === undefined) throw new Error('the machine has no disk of the name `disk`');
  return { disk, all: writable.flatMap(({ inserted }) => (inserted ? [inserted['node-name']] : [])) };
}

interface Job {
  readonly id: string;
  readonly status: string;
  readonly error?: string;
}

async function run(
  deps: Pick<Dependencies, 'clock'>,
  qmp: QmpSession,
  command: 'snapshot-save' | 'snapshot-load' | 'snapshot-delete',
  args: Readonly<Record<string, unknown>>,
): Promise<void> {
  // What a fork was restored with would be expected of its snapshots too.
  await setCapabilities(qmp, { ignoreShared: false, mappedRam: false });
  const id = `${command}-${deps.clock.now().toString(36)}`;
  await qmp.execute(command, { 'job-id': id, ...args }, busy);
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 100)) {
    const job = (await qmp.execute<readonly Job[]>('query-jobs', undefined, busy)).find((one) => one.id === id);
    if (!job) throw new Error(`the job ${id} is not known to QEMU any more`);
    if (job.status === 'concluded') {
      await qmp.execute('job-dismiss', { id });
      if (job.error !== undefined) fail('host.qemu-failed', `QEMU refused ${command}: ${job.error}`);
      return;
    }
    await deps.clock.sleep(pauseMs);
  }
}
