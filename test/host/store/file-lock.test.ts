import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createProcessIdentities } from '../../../src/host/process/process-identities.ts';
import { systemClock } from '../../../src/host/process/system-clock.ts';
import { acquireFileLock, readLock } from '../../../src/host/store/file-lock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const runner = createProcessIdentities();
const deps = { runner, clock: systemClock };
const fixture = fileURLToPath(new URL('../../fixtures/hold-lock.mjs', import.meta.url));
const options = (ms: number) => ({ purpose: 'test', what: 'the thing', deadlineAt: Date.now() + ms });

describe('file lock', () => {
  it('is exclusive, names its living holder, and is free after release', async () => {
    const path = join(await temporaryDirectory(), 'lock');
    const lock = await acquireFileLock(path, options(100), deps);
    await expect(acquireFileLock(path, options(150), deps)).rejects.toMatchObject({
      code: 'vm.locked',
      message: expect.stringContaining(`process ${process.pid} (test)`),
    });
    await lock.release();
    const again = await acquireFileLock(path, options(100), deps);
    await again.release();
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it('is taken over from a holder that was killed', async () => {
    const path = join(await temporaryDirectory(), 'lock');
    const holder = spawn(process.execPath, [fixture, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    await expect(acquireFileLock(path, options(100), deps)).rejects.toMatchObject({
      code: 'vm.locked',
      details: { pid: holder.pid, purpose: 'fixture' },
    });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const lock = await acquireFileLock(path, options(2_000), deps);
    expect(await readLock(path)).toMatchObject({ owner: { pid: process.pid } });
    await lock.release();
  });

  it('is taken over when its pid belongs to another process by now (reused pid)', async () => {
    const path = join(await temporaryDirectory(), 'lock');
    const own = await runner.identify(process.pid);
    await symlink([process.pid, '1', own?.bootId, 'an older life'].join('|'), path);
    const lock = await acquireFileLock(path, options(500), deps);
    await lock.release();
  });

  it('is taken over when its holder belongs to an earlier boot of the host (and was written by an earlier version)', async () => {
    const path = join(await temporaryDirectory(), 'lock');
    const own = await runner.identify(process.pid);
    await writeFile(
      path,
      JSON.stringify({ owner: { ...own, bootId: '00000000-0000-0000-0000-000000000000' }, purpose: 'an earlier boot' }),
    );
    const lock = await acquireFileLock(path, options(500), deps);
    await lock.release();
  });

  it('lets exactly one of many takers in at a time', async () => {
    const path = join(await temporaryDirectory(), 'lock');
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        const lock = await acquireFileLock(path, options(20_000), deps);
        most = Math.max(most, ++inside);
        await systemClock.sleep(5);
        inside--;
        await lock.release();
      }),
    );
    expect(most).toBe(1);
  });
});
