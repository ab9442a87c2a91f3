import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createDisks } from '../../../src/host/disks/create-disks.ts';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { createSeedBuilder } from '../../../src/host/seed-iso/create-seed-builder.ts';
import { runAsRoot } from '../../support/as-root.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const runner = createProcessRunner();
const disks = createDisks({ runner });
const gib = 1024 ** 3;
const mounted: string[] = [];

const qemuImg = (...args: string[]): string => execFileSync('qemu-img', args).toString();

async function base(options: readonly string[] = [], size = '64M'): Promise<string> {
  const path = join(await temporaryDirectory(), 'base.qcow2');
  qemuImg('create', '-q', '-f', 'qcow2', ...options, path, size);
  return path;
}

/** A file system of its own that is soon full. */
async function smallDisk(kib: number): Promise<string> {
  const path = join(await temporaryDirectory(), 'small');
  await mkdir(path);
  runAsRoot('mount', ['-t', 'tmpfs', '-o', `size=${kib}k,mode=1777`, 'tmpfs', path]);
  mounted.push(path);
  return path;
}

afterEach(() => {
  for (const path of mounted.splice(0)) runAsRoot('umount', [path]);
});

describe('overlay', () => {
  it('stands on the base by absolute path and written-down format, and leaves the base as it is [R-30]', async () => {
    const path = await base();
    const before = await readFile(path);
    const overlay = join(await temporaryDirectory(), 'disk.qcow2');
    await disks.createOverlay(path, 'qcow2', overlay, 40);
    expect(await disks.inspect(overlay)).toMatchObject({
      format: 'qcow2',
      virtualSizeBytes: 40 * gib,
      backingFile: path,
      encrypted: false,
    });
    expect(JSON.parse(qemuImg('info', '--output=json', overlay))).toMatchObject({ 'backing-filename-format': 'qcow2' });
    expect((await stat(overlay)).mode & 0o777).toBe(0o600);
    expect(before.equals(await readFile(path))).toBe(true);
  });

  it('takes a raw base as raw, whatever its first bytes will be', async () => {
    const path = join(await temporaryDirectory(), 'base.raw');
    await writeFile(path, 'x');
    await truncate(path, 1024 ** 2);
    const overlay = join(await temporaryDirectory(), 'disk.qcow2');
    await disks.createOverlay(path, 'raw', overlay, 1);
    expect(JSON.parse(qemuImg('info', '--output=json', overlay))).toMatchObject({ 'backing-filename-format': 'raw' });
  });

  it('is refused when smaller than the image', async () => {
    const path = await base([], '3G');
    const directory = await temporaryDirectory();
    await expect(disks.createOverlay(path, 'qcow2', join(directory, 'd.qcow2'), 2)).rejects.toMatchObject({
      code: 'usage.invalid-argument',
      next: ['--disk 3G'],
    });
    expect(await readdir(directory)).toEqual([]);
  });

  it('says where there is no room and how much is needed, and leaves nothing half made', async () => {
    const path = await base();
    const directory = await smallDisk(16);
    await expect(disks.createOverlay(path, 'qcow2', join(directory, 'd.qcow2'), 40)).rejects.toMatchObject({
      code: 'host.no-space',
      message: expect.stringMatching(new RegExp(`overlay in ${directory}\\. .*needs 1\\.0 MiB, .* are free`)),
    });
    expect(await readdir(directory)).toEqual([]);
  });

  it('names a directory that may not be written', async () => {
    const path = await base();
    const directory = await smallDisk(4096);
    runAsRoot('mount', ['-o', 'remount,ro', directory]);
    await expect(disks.createOverlay(path, 'qcow2', join(directory, 'd.qcow2'), 1)).rejects.toMatchObject({
      code: 'host.permission',
      message: expect.stringContaining(directory),
    });
  });
});

describe('growing a disk', () => {
  it('grows, does nothing at the same size, and refuses to shrink', async () => {
    const path = await base([], '1G');
    await disks.grow(path, 2);
    expect((await disks.inspect(path)).virtualSizeBytes).toBe(2 * gib);
    await disks.grow(path, 2);
    await expect(disks.grow(path, 1)).rejects.toMatchObject({
      code: 'usage.invalid-argument',
      message: expect.stringContaining('only grows'),
    });
    expect((await disks.inspect(path)).virtualSizeBytes).toBe(2 * gib);
  });
});

describe('a safe base', () => {
  it('is a qcow2 that stands alone, or raw data', async () => {
    expect(await disks.assertSafeBase(await base(), 'qcow2')).toEqual({ virtualSizeBytes: 64 * 1024 ** 2 });
    expect(await disks.assertSafeBase(await base(['-o', 'compat=0.10']), 'qcow2')).toEqual({
      virtualSizeBytes: 64 * 1024 ** 2,
    });
  });

  it('has no backing file', async () => {
    const path = await base(['-b', await base(), '-F', 'qcow2']);
    await expect(disks.assertSafeBase(path, 'qcow2')).rejects.toMatchObject({
      code: 'image.unsafe-base',
      message: expect.stringContaining('backing file'),
    });
  });

  it('has no external data file', async () => {
    const path = await base(['-o', `data_file=${join(await temporaryDirectory(), 'data.raw')}`]);
    await expect(disks.assertSafeBase(path, 'qcow2')).rejects.toMatchObject({
      code: 'image.unsafe-base',
      message: expect.stringContaining('data in another file'),
    });
    expect((await disks.inspect(path)).dataFile).toContain('data.raw');
  });

  it('is not encrypted', async () => {
    const secret = [
      '--object',
      'secret,id=s,data=abc',
      '-o',
      'encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10',
    ];
    const path = await base(secret);
    await expect(disks.assertSafeBase(path, 'qcow2')).rejects.toMatchObject({
      code: 'image.unsafe-base',
      message: expect.stringContaining('encrypted'),
    });
    expect((await disks.inspect(path)).encrypted).toBe(true);
  });

  it.each([
    ['vmdk', 'vmdk'],
    ['vdi', 'vdi'],
    ['vhdx', 'vhdx'],
    ['qed', 'qed'],
    ['raw', 'not qcow2'],
  ])('is not %s', async (format, words) => {
    const path = join(await temporaryDirectory(), 'other');
    qemuImg('create', '-q', '-f', format, path, '8M');
    for (const expected of ['qcow2', ...(format === 'raw' ? [] : ['raw'])] as ('qcow2' | 'raw')[]) {
      await expect(disks.assertSafeBase(path, expected)).rejects.toMatchObject({
        code: 'image.unsafe-base',
        message: expect.stringContaining(words),
      });
    }
  });

  it('is not a qcow2 that is called raw, since a guest could have written its header', async () => {
    await expect(disks.assertSafeBase(await base(), 'raw')).rejects.toMatchObject({ code: 'image.unsafe-base' });
  });

  it('is there, and whole', async () => {
    await expect(disks.assertSafeBase('/nonexistent/disk', 'qcow2')).rejects.toMatchObject({
      code: 'image.unsafe-base',
    });
    const path = await base();
    await truncate(path, 20);
    await expect(disks.assertSafeBase(path, 'qcow2')).rejects.toMatchObject({
      message: expect.stringContaining('cut off'),
    });
  });
});

describe('UEFI variables', () => {
  it('are a qcow2 copy with the same content [R-44]', async () => {
    const template = join(await temporaryDirectory(), 'VARS.fd');
    const content = Buffer.alloc(528 * 1024, 'vars');
    await writeFile(template, content);
    const output = join(await temporaryDirectory(), 'vars.qcow2');
    await disks.createVars(template, 'raw', output);
    expect(await disks.inspect(output)).toMatchObject({ format: 'qcow2', virtualSizeBytes: content.length });
    const back = join(await temporaryDirectory(), 'back');
    qemuImg('convert', '-O', 'raw', output, back);
    expect(content.equals(await readFile(back))).toBe(true);
    expect(content.equals(await readFile(template))).toBe(true);
  });

  it('leave nothing half made on a full disk', async () => {
    const template = join(await temporaryDirectory(), 'VARS.fd');
    await writeFile(template, Buffer.alloc(2 * 1024 ** 2, 'vars'));
    const directory = await smallDisk(512);
    await expect(disks.createVars(template, 'raw', join(directory, 'vars.qcow2'))).rejects.toMatchObject({
      code: 'host.no-space',
      message: expect.stringContaining(directory),
    });
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('room', () => {
  it('is told for a directory that does not exist yet', async () => {
    const directory = await smallDisk(1024);
    expect(await disks.freeBytes(join(directory, 'a', 'b'))).toBe(1024 * 1024);
  });

  it('for a seed is missed with the directory named, and nothing half made', async () => {
    const directory = await smallDisk(64);
    const files = [{ name: 'user-data', content: 'x'.repeat(50_000) }];
    const build = createSeedBuilder({ runner, platform: 'linux' }).build(files, join(directory, 'seed.iso'));
    await expect(build).rejects.toMatchObject({ code: 'host.no-space', message: expect.stringContaining(directory) });
    expect(await readdir(directory)).toEqual([]);
  });
});
