import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProcessIdentities } from '../../../src/host/process/process-identities.ts';
import { systemClock } from '../../../src/host/process/system-clock.ts';
import { createTextFiles } from '../../../src/host/store/text-files.ts';
import { createVmStore } from '../../../src/host/store/vm-store.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const files = createTextFiles(systemClock);

describe('earlier runs of a VM', () => {
  it('but the newest go; the current one stays, even when the clock was set back', async () => {
    const workspace = await temporaryDirectory();
    const store = createVmStore(workspace, files, { runner: createProcessIdentities(), clock: systemClock });
    const runs = join(workspace, 'vms', 'vm-1', 'runs');
    for (const name of ['run-a', 'run-b', 'run-c', 'run-d', 'run-e']) {
      await mkdir(join(runs, name), { recursive: true });
      await writeFile(join(runs, name, 'console.log'), name);
    }
    await store.pruneRuns('vm-1', 'run-e', 5);
    expect((await readdir(runs)).length).toBe(5);
    await store.pruneRuns('vm-1', 'run-e', 3);
    expect((await readdir(runs)).sort()).toEqual(['run-c', 'run-d', 'run-e']);
    await store.pruneRuns('vm-1', 'run-c', 2);
    expect((await readdir(runs)).sort()).toEqual(['run-c', 'run-e']);
    await store.pruneRuns('vm-1', 'run-c', 1);
    expect(await readdir(runs)).toEqual(['run-c']);
  });
});

describe('sizes of logs', () => {
  it('are those of the VMs alone, and of the console of the last run', async () => {
    const workspace = await temporaryDirectory();
    const store = createVmStore(workspace, files, { runner: createProcessIdentities(), clock: systemClock });
    expect([...store.eventSizes(), ...store.consoleSizes()]).toEqual([]);
    const vms = join(workspace, 'vms');
    for (const name of ['a/runs/run-1', 'a/runs/run-2', 'b/runs', '.gone-c/runs/run-1', 'd.lock.1'])
      await mkdir(join(vms, name), { recursive: true });
    await writeFile(join(vms, 'a/events.jsonl'), '{}\n');
    await writeFile(join(vms, 'a/runs/run-1/console.log'), 'a long one');
    await writeFile(join(vms, 'a/runs/run-2/console.log'), 'short');
    await writeFile(join(vms, '.gone-c/runs/run-1/console.log'), 'gone');
    await writeFile(join(vms, 'b.lock'), 'held');
    await writeFile(join(vms, 'stray'), 'a file of somebody else');
    expect(new Map(store.eventSizes())).toEqual(new Map([['a', 3]]));
    expect(new Map(store.consoleSizes())).toEqual(new Map([['a', 5]]));
  });
});

describe('the tail of a long file', () => {
  it('holds as many lines as were asked for, whole ones', async () => {
    const path = join(await temporaryDirectory(), 'log');
    const lines = Array.from({ length: 50_000 }, (_, index) => `line ${index} ${'x'.repeat(index % 50)}`);
    await writeFile(path, `${lines.join('\n')}\n`);
    for (const wanted of [1, 1_000, 20_000, 49_999, 60_000])
      expect(await files.tail(path, wanted)).toEqual(lines.slice(-wanted));
  });
});
