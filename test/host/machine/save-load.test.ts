import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probeFeatures } from '../../../src/app/machine/features.ts';
import { loadState } from '../../../src/app/machine/load-state.ts';
import { saveState } from '../../../src/app/machine/save-state.ts';
import { loadSnapshot, saveSnapshot } from '../../../src/app/machine/snapshot-jobs.ts';
import { standStill } from '../../../src/app/machine/stand-still.ts';
import { compareVersions } from '../../../src/core/qemu/version.ts';
import type { RestoreSource } from '../../../src/core/resources/ledger.ts';
import { runAsRoot } from '../../support/as-root.ts';
import { backportedQemu } from '../../support/backported-qemu.ts';
import {
  content,
  machineDependencies as deps,
  machineParts,
  type RealMachine,
  runAMoment,
  startMachine,
  statusOf,
} from '../../support/real-machine.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const { signal } = new AbortController();
const backport = backportedQemu();
const qemus: readonly (readonly [string, string])[] = [
  ['the installed QEMU', '/usr/bin/qemu-system-x86_64'],
  ...('path' in backport ? [['the backported QEMU', backport.path] as const] : []),
];
if ('why' in backport) it.skip(`the backported QEMU: ${backport.why}`, () => undefined);

const digest = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
const restored = async (machine: RealMachine, source: RestoreSource) => {
  await loadState(deps, machine.qmp, source, signal);
  expect(await statusOf(machine)).toBe('paused');
  expect((await machine.memory()).equals(content)).toBe(true);
};
const goesOn = async (machine: RealMachine) => {
  await machine.qmp.execute('cont');
  expect(await statusOf(machine)).toBe('running');
};

describe.each(qemus)('%s', (_name, qemu) => {
  async function filled(memory?: { kind: 'shared'; path: string }) {
    const kept = await machineParts(await temporaryDirectory());
    const shared = memory && { ...memory, path: join(kept.directory, memory.path) };
    const machine = await startMachine(qemu, kept, { name: 'a', filled: true, ...(shared ? { memory: shared } : {}) });
    await runAMoment(machine);
    return machine;
  }

  it('is asked what it offers, and says so [issue 4]', async () => {
    const machine = await startMachine(qemu, await machineParts(await temporaryDirectory()), { name: 'a' });
    const features = await probeFeatures(machine.qmp);
    const from = (version: string) => compareVersions(features.qemuVersion, version) >= 0;
    expect(features).toMatchObject({ fileTransport: from('8.2'), readOnlyRam: from('8.2'), mappedRam: from('9.0') });
  });

  it('saves all of a machine and restores it, by every way that it offers [issue 4]', async () => {
    const machine = await filled();
    const { kept } = machine;
    const features = await probeFeatures(machine.qmp);
    const ways = [
      { transport: 'exec' as const },
      ...(features.fileTransport ? [{ transport: 'file' as const }] : []),
      ...(features.mappedRam ? [{ transport: 'file' as const, mappedRam: true }] : []),
    ];
    const sources: RestoreSource[] = [];
    for (const [index, way] of ways.entries()) {
      const statePath = join(kept.directory, `it's state ${index}`);
      await standStill(deps, machine.qmp);
      await saveState(deps, machine.qmp, { statePath, ...way, ignoreShared: false, signal });
      expect((await stat(statePath)).mode & 0o777).toBe(0o600);
      sources.push({ kind: 'own', statePath, ...way });
    }
    await machine.quit();
    for (const [index, source] of sources.entries()) {
      const other = await startMachine(qemu, kept, { name: `b${index}`, incoming: true });
      await restored(other, source);
      await goesOn(other);
      await other.quit();
    }
  });

  it('leaves memory where it is; forks share the file and do not write to it [issue 4]', async () => {
    const machine = await filled({ kind: 'shared', path: 'ram' });
    const { kept } = machine;
    const { fileTransport, readOnlyRam } = await probeFeatures(machine.qmp);
    const transport = fileTransport ? 'file' : 'exec';
    const statePath = join(kept.directory, 'state');
    await saveState(deps, machine.qmp, { statePath, transport, ignoreShared: true, signal });
    await machine.quit();
    expect((await stat(statePath)).size).toBeLessThan(8 * 1024 * 1024);
    const ramPath = join(kept.directory, 'ram');
    const before = await digest(ramPath);
    if (readOnlyRam) await chmod(ramPath, 0o400);
    const memory = { kind: 'private', path: ramPath, readOnly: readOnlyRam } as const;
    const source: RestoreSource = { kind: 'fork', statePath, ramPath, transport, readOnlyRam };
    const forks: RealMachine[] = [];
    for (const name of ['b', 'c']) {
      const parts = await machineParts(await temporaryDirectory());
      forks.push(await startMachine(qemu, parts, { name, memory, incoming: true }));
    }
    await Promise.all(forks.map((fork) => restored(fork, source)));
    for (const fork of forks) await runAMoment(fork);
    for (const fork of forks) expect((await fork.memory()).equals(content)).toBe(true);
    expect(await digest(ramPath)).toBe(before);
    // A fork is suspended with all of its memory, and restored without the file.
    const [fork] = forks as [RealMachine];
    const own = join(fork.kept.directory, 'own');
    await saveState(deps, fork.qmp, { statePath: own, transport, ignoreShared: false, signal });
    await fork.quit();
    const again = await startMachine(qemu, fork.kept, { name: 'd', incoming: true });
    await restored(again, { kind: 'own', statePath: own, transport });
  });

  it('moves ordinary memory into a file that is shared [issue 4]', async () => {
    const machine = await filled();
    const statePath = join(machine.kept.directory, 'state');
    await saveState(deps, machine.qmp, { statePath, transport: 'exec', ignoreShared: false, signal });
    await machine.quit();
    const path = join(machine.kept.directory, 'ram');
    const memory = { kind: 'shared', path } as const;
    const other = await startMachine(qemu, machine.kept, { name: 'b', memory, incoming: true });
    await restored(other, { kind: 'own', statePath, transport: 'exec' });
    expect((await readFile(path)).includes(content.subarray(0, 4096))).toBe(true);
  });

  it.each(['exec', 'file'] as const)(
    'a save by %s that is cancelled leaves a machine that goes on',
    async (transport) => {
      const machine = await filled();
      const { fileTransport } = await probeFeatures(machine.qmp);
      const statePath = join(machine.kept.directory, 'state');
      const stop = new AbortController();
      const cut = {
        ...machine.qmp,
        execute: async <T>(command: string, args?: Readonly<Record<string, unknown>>): Promise<T> => {
          if (command === 'migrate') {
            // So slow that it cannot be done before it is cancelled.
            await machine.qmp.execute('migrate-set-parameters', { 'max-bandwidth': 1024 });
            stop.abort(new Error('interrupted'));
          }
          return machine.qmp.execute<T>(command, args);
        },
      };
      const saving = saveState(deps, cut, { statePath, transport, ignoreShared: false, signal: stop.signal });
      // A QEMU that has no such way says so.
      await expect(saving).rejects.toThrow(
        transport === 'file' && !fileTransport ? /file|uri|protocol/ : 'interrupted',
      );
      expect((await readdir(machine.kept.directory)).filter((name) => name.startsWith('state'))).toEqual([]);
      await goesOn(machine);
      expect((await machine.memory()).equals(content)).toBe(true);
    },
  );

  it('a full disk ends a save by every way that it offers; the machine goes on, and is saved where there is room', async () => {
    const machine = await filled();
    const { fileTransport } = await probeFeatures(machine.qmp);
    const small = join(machine.kept.directory, 'small');
    await deps.files.makeDirectory(small);
    runAsRoot('mount', ['-t', 'tmpfs', '-o', 'size=12m,mode=0777', 'tmpfs', small]);
    try {
      for (const transport of fileTransport ? (['exec', 'file'] as const) : (['exec'] as const)) {
        const request = { transport, ignoreShared: false, signal };
        await standStill(deps, machine.qmp);
        await expect(
          saveState(deps, machine.qmp, { ...request, statePath: join(small, 'state') }),
        ).rejects.toMatchObject({ code: 'host.no-space', details: { directory: small } });
        expect(await readdir(small)).toEqual([]);
        await goesOn(machine);
        await standStill(deps, machine.qmp);
        await saveState(deps, machine.qmp, { ...request, statePath: join(machine.kept.directory, transport) });
      }
    } finally {
      runAsRoot('umount', [small]);
    }
  });

  it('does not restore a state that was cut short, and says so in its own words', async () => {
    const machine = await filled();
    const statePath = join(machine.kept.directory, 'state');
    await saveState(deps, machine.qmp, { statePath, transport: 'exec', ignoreShared: false, signal });
    await machine.quit();
    await truncate(statePath, 1024 * 1024);
    const other = await startMachine(qemu, machine.kept, { name: 'b', incoming: true });
    await expect(loadState(deps, other.qmp, { kind: 'own', statePath, transport: 'exec' }, signal)).rejects.toThrow();
    while (!(await other.ended())) await deps.clock.sleep(10);
    expect((await other.words()).join('\n')).toMatch(/load of migration failed|error while loading|Unable to read/i);
  });

  it('keeps memory in a snapshot of the disk and of the firmware variables, and goes back to it [issue 4]', async () => {
    const machine = await filled();
    const { kept } = machine;
    await saveSnapshot(deps, machine.qmp, 'clean');
    await goesOn(machine);
    await standStill(deps, machine.qmp);
    await loadSnapshot(deps, machine.qmp, 'clean');
    expect((await machine.memory()).equals(content)).toBe(true);
    await expect(loadSnapshot(deps, machine.qmp, 'other')).rejects.toMatchObject({ code: 'host.qemu-failed' });
    await machine.quit();
    const { snapshots } = await deps.disks();
    for (const path of [kept.overlayPath, kept.varsPath ?? '']) {
      expect((await snapshots.list(path)).map(({ name }) => name)).toEqual(['clean']);
    }
    const other = await startMachine(qemu, kept, { name: 'b' });
    await loadSnapshot(deps, other.qmp, 'clean');
    expect((await other.memory()).equals(content)).toBe(true);
    await goesOn(other);
  });
});
