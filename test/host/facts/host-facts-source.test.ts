import { chmod, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultDirectories, privateDirectory } from '../../../src/host/facts/directories.ts';
import { cachedDigest } from '../../../src/host/facts/file-digest.ts';
import { createHostFactsSource } from '../../../src/host/facts/host-facts-source.ts';
import { linuxResources } from '../../../src/host/facts/host-resources.ts';
import { createJsonCache } from '../../../src/host/facts/json-cache.ts';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const runner = createProcessRunner();
const userId = process.getuid?.() ?? 0;

async function fakeQemu(version: string): Promise<string> {
  const path = join(await temporaryDirectory(), 'my-qemu');
  await writeFile(
    path,
    `#!/bin/sh\n[ "$*" = --version ] || exit 97\necho run >>"$0.calls"\necho 'QEMU emulator version ${version}'\n`,
  );
  await chmod(path, 0o755);
  return path;
}

describe('facts of this host [R-22]', () => {
  it.each(['x86_64', 'aarch64'] as const)('%s guests: QEMU, firmware pair, digests, sizes', async (arch) => {
    const source = createHostFactsSource({ runner, cacheDir: await temporaryDirectory(), env: process.env });
    const facts = await source.collect(arch);
    expect(facts.guestArch).toBe(arch);
    expect(facts.qemu?.path).toMatch(/^\//);
    expect(facts.qemu?.version).toMatch(/^\d+\.\d+/);
    expect(facts.qemu?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(facts.firmware?.codeDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(facts.firmware?.varsDigest).not.toBe(facts.firmware?.codeDigest);
    expect(facts.cpuCount).toBeGreaterThan(0);
    expect(facts.cpuCount).toBeLessThanOrEqual(availableParallelism());
    expect(facts.freeMemoryMib).toBeLessThanOrEqual(facts.memoryMib);
    expect(facts.memoryMib * 1024 * 1024).toBeLessThanOrEqual(totalmem());
    expect(facts.seedTool?.path).toMatch(/^\//);
    // What does not depend on the moment is the same from the cache.
    const { freeMemoryMib: _first, ...before } = facts;
    const { freeMemoryMib: _second, ...after } = await source.collect(arch);
    expect(after).toEqual(before);
  });

  it('the environment names another QEMU; one that is not there is an error with the name of the variable', async () => {
    const path = await fakeQemu('9.9.1');
    const cacheDir = await temporaryDirectory();
    const facts = (env: Record<string, string>) =>
      createHostFactsSource({ runner, cacheDir, env, hostArch: 'x86_64' }).collect('aarch64');
    expect((await facts({ SYSMONVM_QEMU_AARCH64: path })).qemu).toMatchObject({ path, version: '9.9.1' });
    await expect(facts({ SYSMONVM_QEMU_AARCH64: '/nonexistent/qemu' })).rejects.toMatchObject({
      code: 'host.tool-missing',
      message: expect.stringContaining('SYSMONVM_QEMU_AARCH64 names /nonexistent/qemu'),
    });
  });

  it('without QEMU there are facts all the same, without it', async () => {
    const empty = await temporaryDirectory();
    const env = { PATH: empty };
    const nowhere = createProcessRunner({ env, extraPath: [] });
    const source = createHostFactsSource({
      runner: nowhere,
      cacheDir: empty,
      env,
      platform: 'linux',
      hostArch: 'aarch64',
    });
    const facts = await source.collect('x86_64');
    expect(facts.qemu).toBeUndefined();
    expect(facts.seedTool).toBeUndefined();
    expect(facts.accelerator).toBeUndefined();
  });

  it('digest and version are asked again only when the file changes', async () => {
    const path = await fakeQemu('8.0.0');
    const cacheDir = await temporaryDirectory();
    const ask = async () =>
      (
        await createHostFactsSource({
          runner,
          cacheDir,
          env: { SYSMONVM_QEMU_X86_64: path },
          hostArch: 'aarch64',
        }).collect('x86_64')
      ).qemu;
    const first = await ask();
    expect(await ask()).toEqual(first);
    expect((await readFile(`${path}.calls`, 'utf8')).trim().split('\n')).toHaveLength(1);
    await writeFile(path, (await readFile(path, 'utf8')).replace('8.0.0', '8.0.9'));
    const second = await ask();
    expect(second?.version).toBe('8.0.9');
    expect(second?.digest).not.toBe(first?.digest);
  });

  it('a program that names no version is an error, not an empty version', async () => {
    const path = await fakeQemu('unknown');
    const env = { SYSMONVM_QEMU_X86_64: path };
    const source = createHostFactsSource({ runner, cacheDir: await temporaryDirectory(), env, hostArch: 'aarch64' });
    await expect(source.collect('x86_64')).rejects.toMatchObject({ code: 'host.tool-failed' });
  });
});

describe('the cache of facts', () => {
  it('a change that keeps size and time is seen, and a broken or unwritable cache only costs time', async () => {
    const directory = await temporaryDirectory();
    const file = join(directory, 'file');
    const cache = createJsonCache(join(directory, 'facts'));
    await writeFile(file, 'one');
    const when = new Date(1_700_000_000_000);
    await utimes(file, when, when);
    const first = await cachedDigest(cache, file);
    await writeFile(file, 'two');
    await utimes(file, when, when);
    const second = await cachedDigest(cache, file);
    expect(second).not.toBe(first);
    for (const name of await readdir(join(directory, 'facts'))) await writeFile(join(directory, 'facts', name), '{');
    expect(await cachedDigest(cache, file)).toBe(second);
    expect(await cachedDigest(createJsonCache('/dev/null/facts'), file)).toBe(second);
    expect((await readdir(join(directory, 'facts'))).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('limits of a container', () => {
  it('count: quota of processors and memory, of the group and of those above it', async () => {
    const root = await temporaryDirectory();
    const write = async (path: string, text: string) => {
      await mkdir(join(root, path, '..'), { recursive: true });
      await writeFile(join(root, path), text);
    };
    await write('/proc/self/cgroup', '0::/job/step\n');
    await write('/proc/self/mountinfo', '30 24 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n');
    await write('/proc/cpuinfo', 'model name\t: Test CPU\n');
    await write('/proc/meminfo', 'MemTotal: 1000000000 kB\nMemAvailable: 900000000 kB\n');
    await write('/sys/fs/cgroup/job/cpu.max', '150000 100000\n');
    await write('/sys/fs/cgroup/job/memory.max', '104857600\n');
    await write('/sys/fs/cgroup/job/memory.current', '62914560\n');
    await write('/sys/fs/cgroup/job/memory.stat', 'anon 1\ninactive_file 20971520\n');
    await write('/sys/fs/cgroup/job/step/memory.max', 'max\n');
    expect(await linuxResources(root)).toEqual({
      cpuModel: 'Test CPU',
      cpuCount: 1,
      memoryBytes: 104_857_600,
      freeMemoryBytes: 62_914_560,
    });
  });
});

describe('the directory for sockets', () => {
  it('is private and short; XDG_RUNTIME_DIR of someone else or gone is passed over', async () => {
    const run = await temporaryDirectory();
    const places = await defaultDirectories({ XDG_RUNTIME_DIR: run }, 'linux', '/home/u', userId);
    expect(places.runtime).toBe(join(run, 'sysmonvm'));
    expect((await stat(places.runtime)).mode & 0o777).toBe(0o700);
    expect((await defaultDirectories({ XDG_RUNTIME_DIR: run }, 'linux', '/home/u', userId)).runtime).toBe(
      places.runtime,
    );
  });

  it('a link, a file or the directory of another user is refused; one that others may enter is closed', async () => {
    const parent = await temporaryDirectory();
    const place = (name: string) => join(parent, name);
    await mkdir(place('real'));
    await symlink(place('real'), place('link'));
    await writeFile(place('file'), '');
    await mkdir(place('open'), { mode: 0o755 });
    const refused = (name: string, id: number) =>
      expect(privateDirectory(place(name), id)).rejects.toMatchObject({ code: 'host.permission' });
    await refused('link', userId);
    await refused('file', userId);
    await refused('real', userId + 1);
    await privateDirectory(place('open'), userId);
    expect((await stat(place('open'))).mode & 0o777).toBe(0o700);
    await expect(privateDirectory(place('none/below'), userId)).rejects.toMatchObject({ code: 'host.permission' });
  });
});
