import { fail, hasCode, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { QmpSession } from '../../core/ports/vm-launcher.ts';
import type { Dependencies } from '../dependencies.ts';
import { migrationEnd, setCapabilities, shellWord } from './migration.ts';

export interface SaveRequest {
  readonly statePath: string;
  readonly transport: 'exec' | 'file';
  /** Memory in a file that is mapped shared is left where it is. */
  readonly ignoreShared: boolean;
  readonly mappedRam?: boolean;
  readonly signal: AbortSignal;
}

/** Bytes a second; the default of QEMU is made for networks. */
const bandwidth = 2 ** 50;
const cancelMs = 30_000;
/** Less than this left after a failure: it failed because the disk is full. */
const scarceBytes = 8 * 1024 * 1024;
const collectorMs = 60_000;

/**
 * The state of a machine that stands still, into one file that appears complete or not at all. The machine is left
 * as it was, saved or not: `cont` lets it go on.
 *
 * With `exec:`, QEMU is done when the pipe has taken everything, which the program at its other end has yet to write.
 * That one therefore gives the file its name itself: PATH when all is written, PATH.failed when it could not. It runs
 * in the background of the shell, because QEMU ends a child that is not done when it closes the pipe.
 */
export async function saveState(
  deps: Pick<Dependencies, 'clock' | 'files' | 'disks'>,
  qmp: QmpSession,
  request: SaveRequest,
): Promise<void> {
  const { statePath, transport, signal } = request;
  const part = `${statePath}.part`;
  const rests = [part, `${statePath}.failed`];
  for (const path of [statePath, ...rests]) await deps.files.remove(path);
  // Made by us, so that it is private from its first byte.
  await deps.files.write(transport === 'exec' ? part : statePath, '', 0o600, { durable: false });
  let begun = false;
  try {
    await setCapabilities(qmp, { ignoreShared: request.ignoreShared, mappedRam: request.mappedRam ?? false });
    await qmp.execute('migrate-set-parameters', { 'max-bandwidth': bandwidth });
    begun = true;
    await qmp.execute('migrate', { uri: transport === 'exec' ? collector(statePath) : `file:${statePath}` });
    const end = await migrationEnd(deps, qmp, signal);
    if (end.status !== 'completed') {
      fail('host.qemu-failed', `QEMU could not save its state: ${end['error-desc'] ?? end.status}`);
    }
    if (transport === 'exec') await collected(deps, statePath, signal);
  } catch (error) {
    if (begun) await cancel(deps, qmp);
    // The collector takes the end of a cancelled stream for the end of the state.
    if (begun && transport === 'exec')
      await collected(deps, statePath, AbortSignal.timeout(cancelMs)).catch(() => undefined);
    const told = await explained(deps, statePath, error);
    for (const path of [statePath, ...rests]) await deps.files.remove(path);
    throw told;
  }
}

function collector(statePath: string): string {
  const [path, part, failed] = [statePath, `${statePath}.part`, `${statePath}.failed`].map(shellWord);
  return `exec:exec 3<&0; (cat <&3 >${part} && mv ${part} ${path} || mv ${part} ${failed}) &`;
}

async function collected(
  deps: Pick<Dependencies, 'clock' | 'files'>,
  statePath: string,
  signal: AbortSignal,
): Promise<void> {
  const end = deps.clock.now() + collectorMs;
  for (;;) {
    if (await deps.files.exists(statePath)) return;
    if (await deps.files.exists(`${statePath}.failed`)) {
      fail('host.qemu-failed', `the state of the machine could not be written to ${statePath}`);
    }
    if (deps.clock.now() > end) fail('host.qemu-failed', `${statePath} was not complete in time`);
    await deps.clock.sleep(2, signal);
  }
}

/** A migration that has ended takes no notice. QEMU itself may be gone. */
async function cancel(deps: Pick<Dependencies, 'clock'>, qmp: QmpSession): Promise<void> {
  try {
    await qmp.execute('migrate_cancel');
    await migrationEnd(deps, qmp, AbortSignal.timeout(cancelMs));
  } catch {
    // What went wrong first is what is told.
  }
}

async function explained(deps: Pick<Dependencies, 'disks'>, statePath: string, error: unknown): Promise<unknown> {
  if (!hasCode(error, 'host.qemu-failed')) return error;
  const directory = statePath.slice(0, statePath.lastIndexOf('/'));
  const free = await (await deps.disks()).freeBytes(directory).catch(() => undefined);
  if (!/no space|quota/i.test(error.message) && (free === undefined || free > scarceBytes)) return error;
  return new SysmonvmError('host.no-space', `there is no room for the memory of the machine in ${directory}`, {
    details: { directory, ...(free === undefined ? {} : { freeBytes: free }) },
    next: ['sysmonvm df', 'sysmonvm vm-gc --dry-run'],
    cause: error,
  });
}
