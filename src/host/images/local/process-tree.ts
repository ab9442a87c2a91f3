import { readdir, readFile } from 'node:fs/promises';
import { isDeadState, type ProcStat, parseProcStat } from '../../../core/facts/proc-stat.ts';
import { createProcessIdentities } from '../../process/process-identities.ts';

const processes = createProcessIdentities();

const table = async (): Promise<readonly ProcStat[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const texts = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return texts.flatMap((text) => parseProcStat(text) ?? []).filter(({ state }) => !isDeadState(state));
};

/** What a program was given at its start; a program of another user's tells us nothing. */
const hasVariable = async (pid: number, name: string, value: string): Promise<boolean> =>
  (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).split('\0').includes(`${name}=${value}`);

/** Our own children that work in `tmpDir`, and everything below them. */
const treeOf = async (tmpDir: string): Promise<readonly ProcStat[]> => {
  const rows = await table();
  const chosen = new Map<number, ProcStat>();
  for (const row of rows)
    if (row.parentPid === process.pid && (await hasVariable(row.pid, 'TMPDIR', tmpDir))) chosen.set(row.pid, row);
  for (let before = -1; before !== chosen.size; ) {
    before = chosen.size;
    for (const row of rows) if (chosen.has(row.parentPid)) chosen.set(row.pid, row);
  }
  return [...chosen.values()];
};

/**
 * Kills the program that this process started with TMPDIR=`tmpDir`, and every one below it, and no other: descent
 * decides, and before each signal pid and start time are compared. All are stopped first, until nobody is new, so that
 * none is born or orphaned meanwhile. The ones inside a user namespace may be killed too: its owner is the user who
 * made it. With the first program of a process namespace the kernel ends all others in it, and with the last one its
 * mounts are gone.
 */
export const killTreeWorkingIn = async (tmpDir: string): Promise<void> => {
  const self = await processes.identify(process.pid);
  if (self === undefined) return;
  const stopped = new Map<string, ProcStat>();
  const send = async ({ pid, startTime }: ProcStat, signal: NodeJS.Signals): Promise<void> => {
    if (!(await processes.isAlive({ pid, startTime, bootId: self.bootId }))) return;
    try {
      process.kill(pid, signal);
    } catch {
      // It ended meanwhile, or may not be signalled by us: the others are ended all the same.
    }
  };
  for (;;) {
    const fresh = (await treeOf(tmpDir)).filter(({ pid, startTime }) => !stopped.has(`${pid} ${startTime}`));
    if (fresh.length === 0) break;
    for (const row of fresh) {
      stopped.set(`${row.pid} ${row.startTime}`, row);
      await send(row, 'SIGSTOP');
    }
  }
  for (const row of stopped.values()) await send(row, 'SIGKILL');
};
