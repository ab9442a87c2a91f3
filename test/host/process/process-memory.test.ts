import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProcessIdentities } from '../../../src/host/process/process-identities.ts';
import { createProcessMemories } from '../../../src/host/process/process-memory.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const processes = createProcessIdentities();
const memories = createProcessMemories(processes);

describe('memory of a process', () => {
  it('grows by what it fills, which no other process maps', async () => {
    const child = spawn(
      process.execPath,
      ['-e', 'setTimeout(() => {}, 60_000); globalThis.kept = Buffer.alloc(64 << 20, 1); console.log("filled")'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(child.stdout, 'data');
    const identity = await processes.identify(child.pid ?? 0);
    if (identity === undefined) throw new Error('the process has no identity');
    const memory = await memories.of(identity);
    expect(memory?.privateBytes).toBeGreaterThan(64 * 1024 ** 2);
    expect(memory?.residentBytes).toBeGreaterThanOrEqual(memory?.privateBytes ?? Number.NaN);
    expect(await memories.of({ ...identity, startTime: '1' })).toBeUndefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await memories.of(identity)).toBeUndefined();
  });

  it('is resident memory alone where the kernel has no smaps_rollup', async () => {
    const root = await temporaryDirectory();
    await mkdir(join(root, '7'));
    await writeFile(join(root, '7', 'status'), 'VmRSS:\t   8 kB\n');
    const older = createProcessMemories({ isAlive: async () => true }, 'linux', root);
    expect(await older.of({ pid: 7, startTime: '1', bootId: 'b' })).toEqual({ residentBytes: 8192 });
  });
});
