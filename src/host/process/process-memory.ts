import { readFileSync } from 'node:fs';
import { memoryOfPs, memoryOfSmaps, memoryOfStatus } from '../../core/facts/process-memory-text.ts';
import type { ProcessMemories, ProcessMemory } from '../../core/ports/process-memory.ts';
import type { ProcessIdentity, ProcessRunner } from '../../core/ports/process-runner.ts';

/** Light enough for a list of VMs: on Linux one read without the thread pool. */
export function createProcessMemories(
  processes: Pick<ProcessRunner, 'isAlive'>,
  platform: NodeJS.Platform = process.platform,
  procRoot = '/proc',
): ProcessMemories {
  const onMac = platform === 'darwin';
  const read = onMac ? readPs : async (pid: number) => readProc(`${procRoot}/${pid}`);
  const readLight = onMac ? readPs : async (pid: number) => memoryOfStatus(readOrNothing(`${procRoot}/${pid}/status`));
  const look = async (identity: ProcessIdentity, how: typeof read): Promise<ProcessMemory | undefined> => {
    const memory = await how(identity.pid);
    // Looked at afterwards: a pid that was given away meanwhile is not taken for ours.
    return memory !== undefined && (await processes.isAlive(identity)) ? memory : undefined;
  };
  return {
    of: (identity) => look(identity, read),
    residentOf: async (identity) => (await look(identity, readLight))?.residentBytes,
  };
}

function readProc(directory: string) {
  return (
    memoryOfSmaps(readOrNothing(`${directory}/smaps_rollup`)) ?? memoryOfStatus(readOrNothing(`${directory}/status`))
  );
}

/** An older kernel has no such file, another user's process does not open, an ended one has nothing to say. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}

async function readPs(pid: number) {
  const { execFile } = await import('node:child_process');
  const text = await new Promise<string>((resolve) => {
    execFile('/bin/ps', ['-o', 'rss=', '-p', String(pid)], { env: { LC_ALL: 'C' } }, (error, stdout) =>
      resolve(error ? '' : stdout),
    );
  });
  return memoryOfPs(text);
}
