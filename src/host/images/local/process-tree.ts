import { readdir, readFile } from 'node:fs/promises';

interface Row {
  readonly pid: number;
  readonly parent: number;
}

const rowOf = async (pid: number): Promise<Row | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The name is in parentheses and may hold anything; the parent is the second field after it.
  return { pid, parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) };
};

const mentions = async (pid: number, word: string): Promise<boolean> =>
  (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(word);

/**
 * Kills every program whose command line names `path`, and every one below it. The ones inside a user namespace
 * may be killed too: its owner is the user who made it. With the first program of a process namespace the kernel
 * ends all others in it, and with the last one its mounts are gone.
 */
export const killProgramsOf = async (path: string): Promise<void> => {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 1 && pid !== process.pid);
  const rows = (await Promise.all(pids.map(rowOf))).filter((row) => row !== undefined);
  const chosen = new Set<number>();
  for (const row of rows) if (await mentions(row.pid, path)) chosen.add(row.pid);
  for (let before = -1; before !== chosen.size; ) {
    before = chosen.size;
    for (const row of rows) if (chosen.has(row.parent)) chosen.add(row.pid);
  }
  for (const pid of chosen) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
};
