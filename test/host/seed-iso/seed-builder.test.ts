import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { createSeedBuilder } from '../../../src/host/seed-iso/create-seed-builder.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const files = [
  { name: 'meta-data', content: 'instance-id: "iid-1"\n' },
  { name: 'user-data', content: `#cloud-config\nhostname: "ä ${'x'.repeat(5000)}"\n` },
  { name: 'network-config', content: 'version: 2\n' },
  { name: 'authorized_keys', content: 'ssh-ed25519 AAAA\n' },
];
const linuxTools = ['genisoimage', 'mkisofs', 'xorriso'] as const;

beforeAll(() => {
  try {
    for (const tool of ['genisoimage', 'xorriso', 'isoinfo']) execFileSync('which', [tool]);
  } catch {
    execFileSync('apt-get', ['install', '-y', '-qq', 'genisoimage', 'xorriso'], { stdio: 'ignore' });
  }
});

/** A runner that finds only these programs, under these names. */
async function runnerWith(programs: Readonly<Record<string, string>>) {
  const bin = join(await temporaryDirectory(), 'bin');
  await mkdir(bin);
  for (const [name, path] of Object.entries(programs)) await symlink(path, join(bin, name));
  return createProcessRunner({ env: { PATH: bin }, extraPath: [], platform: 'linux' });
}

function pathOf(tool: string): string {
  return execFileSync('which', [tool]).toString().trim();
}

/** Volume identifiers of the primary and of the Joliet descriptor (ECMA-119 8.4.7), from the bytes. */
async function volumeIds(iso: string): Promise<string[]> {
  const bytes = await readFile(iso);
  const ids: string[] = [];
  for (let sector = 16; bytes[sector * 2048] !== 255; sector += 1) {
    const descriptor = bytes.subarray(sector * 2048, (sector + 1) * 2048);
    expect(descriptor.toString('latin1', 1, 6)).toBe('CD001');
    const field = descriptor.subarray(40, 72);
    if (descriptor[0] === 1) ids.push(field.toString('latin1').trimEnd());
    if (descriptor[0] === 2)
      ids.push(
        Buffer.from(field)
          .swap16()
          .toString('utf16le')
          .replace(/[\s\0]+$/, ''),
      );
  }
  return ids;
}

async function expectSeed(iso: string): Promise<void> {
  expect(await volumeIds(iso)).toEqual(['cidata', 'cidata']);
  for (const names of ['-R', '-J']) {
    const listed = execFileSync('isoinfo', ['-i', iso, names, '-f']).toString().trim().split('\n');
    expect(listed.sort()).toEqual(files.map(({ name }) => `/${name}`).sort());
    for (const { name, content } of files) {
      expect(execFileSync('isoinfo', ['-i', iso, names, '-x', `/${name}`]).toString()).toBe(content);
    }
  }
  expect((await stat(iso)).mode & 0o777).toBe(0o600);
}

describe('seed ISO', () => {
  it.each(linuxTools)(
    'is made by %s: label cidata, Rock Ridge and Joliet names, equal files, mode 0600 [R-39] [R-40]',
    async (tool) => {
      const directory = await temporaryDirectory();
      const output = join(directory, 'seed.iso');
      await createSeedBuilder({ runner: await runnerWith({ [tool]: pathOf(tool) }), platform: 'linux' }).build(
        files,
        output,
      );
      await expectSeed(output);
      expect(await readdir(directory)).toEqual(['seed.iso']);
    },
  );

  it('replaces an older seed', async () => {
    const output = join(await temporaryDirectory(), 'seed.iso');
    await writeFile(output, 'old');
    await createSeedBuilder({ runner: createProcessRunner(), platform: 'linux' }).build(files, output);
    await expectSeed(output);
  });

  it.each(['', '.iso', '.cdr'])('is made by hdiutil on macOS, which may append "%s" [R-40]', async (suffix) => {
    const directory = await temporaryDirectory();
    const bin = join(await temporaryDirectory(), 'hdiutil');
    const fake = fileURLToPath(new URL('../../fixtures/hdiutil-fake', import.meta.url));
    const script = (await readFile(fake, 'utf8')).replace('set -eu', `set -eu\nHDIUTIL_SUFFIX=${suffix}`);
    await writeFile(bin, script, { mode: 0o755 });
    const tools = Object.fromEntries(['sh', 'genisoimage'].map((name) => [name, pathOf(name)]));
    const runner = await runnerWith({ hdiutil: bin, ...tools });
    const output = join(directory, 'seed of a VM.iso');
    await writeFile(output, 'hdiutil would refuse to overwrite this');
    await createSeedBuilder({ runner, platform: 'darwin' }).build(files, output);
    await expectSeed(output);
    expect(await readdir(directory)).toEqual(['seed of a VM.iso']);
  });

  it('names the tools that would do when none is installed [R-40]', async () => {
    const directory = await temporaryDirectory();
    const runner = await runnerWith({});
    const build = createSeedBuilder({ runner, platform: 'linux' }).build(files, join(directory, 'seed.iso'));
    await expect(build).rejects.toMatchObject({
      code: 'host.tool-missing',
      message: expect.stringContaining('genisoimage, mkisofs, xorriso'),
      next: ['sysmonvm host-setup'],
    });
    expect(await readdir(directory)).toEqual([]);
  });

  it('leaves nothing when the tool fails, and shows its words', async () => {
    const directory = await temporaryDirectory();
    const broken = join(await temporaryDirectory(), 'genisoimage');
    await writeFile(broken, '#!/bin/sh\necho "cannot do this" >&2\nexit 3\n');
    await chmod(broken, 0o755);
    const runner = await runnerWith({ genisoimage: broken, sh: pathOf('sh') });
    await expect(
      createSeedBuilder({ runner, platform: 'linux' }).build(files, join(directory, 'seed.iso')),
    ).rejects.toMatchObject({
      code: 'host.tool-failed',
      message: expect.stringContaining('cannot do this'),
    });
    expect(await readdir(directory)).toEqual([]);
  });

  it('leaves nothing when it is cancelled', async () => {
    const directory = await temporaryDirectory();
    const slow = join(await temporaryDirectory(), 'genisoimage');
    await writeFile(slow, '#!/bin/sh\nexec sleep 60\n');
    await chmod(slow, 0o755);
    const runner = await runnerWith({ genisoimage: slow, sleep: pathOf('sleep') });
    const signal = AbortSignal.timeout(200);
    await expect(
      createSeedBuilder({ runner, platform: 'linux' }).build(files, join(directory, 'seed.iso'), signal),
    ).rejects.toThrow();
    expect(await readdir(directory)).toEqual([]);
  });
});
