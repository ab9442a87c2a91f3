import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  buildLocalImage,
  type LocalImageResult,
  localImageKey,
  missingBuildTools,
} from '../../../../src/host/images/local/build-local-image.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;
const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const missing = await missingBuildTools('tiny', arch);

/** One real build for every run with the same key. */
const cachedTiny = async (): Promise<LocalImageResult> => {
  const key = await localImageKey({ id: 'tiny', arch, signal });
  const dir = join(tmpdir(), `sysmonvm-test-tiny-${process.getuid?.() ?? 0}-${key.slice(0, 16)}`);
  const record = join(dir, 'result.json');
  const known = await readFile(record, 'utf8').catch(() => undefined);
  if (known !== undefined) return JSON.parse(known) as LocalImageResult;
  await mkdir(dir, { recursive: true });
  const workDir = await temporaryDirectory();
  const built = await buildLocalImage({
    id: 'tiny',
    arch,
    workDir,
    outDir: join(dir, `out-${process.pid}`),
    signal,
    onProgress: () => undefined,
  });
  await writeFile(`${record}.new`, JSON.stringify(built));
  await rename(`${record}.new`, record);
  return built;
};

describe.skipIf(missing.length > 0)('the image tiny, built here from the host’s signed APT sources', () => {
  it('has a key that stays while nothing changes, and differs between recipes and architectures', async () => {
    const key = (id: string, of: 'x86_64' | 'aarch64') => localImageKey({ id, arch: of, signal });
    const first = await key('tiny', arch);
    const started = performance.now();
    expect(await key('tiny', arch)).toBe(first);
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await key('tiny', arch === 'aarch64' ? 'x86_64' : 'aarch64')).not.toBe(first);
  });

  it('is a GPT disk with an EFI program and a root file system that belongs to root', async () => {
    const image = await cachedTiny();
    expect(image.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(image.defaultUser).toBe('tiny');
    expect(image.packages['busybox-static']).toBeDefined();
    const info = JSON.parse((await run('qemu-img', ['info', '--output=json', image.diskPath])).stdout) as Record<
      string,
      unknown
    >;
    expect(info).toMatchObject({ format: 'qcow2', 'virtual-size': image.virtualSizeBytes });

    const raw = join(await temporaryDirectory(), 'disk.raw');
    await run('qemu-img', ['convert', '-O', 'raw', image.diskPath, raw]);
    const table = JSON.parse((await run('/usr/sbin/sfdisk', ['--json', raw])).stdout) as {
      partitiontable: { partitions: { name: string; start: number }[] };
    };
    const [esp, root] = table.partitiontable.partitions;
    expect([esp?.name, root?.name]).toEqual(['ESP', 'root']);
    const program = arch === 'x86_64' ? 'BOOTX64.EFI' : 'BOOTAA64.EFI';
    expect((await run('mdir', ['-b', '-i', `${raw}@@${(esp?.start ?? 0) * 512}`, '::EFI/BOOT'])).stdout).toContain(
      program,
    );
    const at = `${raw}?offset=${(root?.start ?? 0) * 512}`;
    expect((await run('/usr/sbin/debugfs', ['-R', 'stat /usr/bin/sudo', at])).stdout).toMatch(
      /Mode:\s+04755[\s\S]*User:\s+0\s+Group:\s+0/,
    );
    expect((await run('/usr/sbin/debugfs', ['-R', 'stat /usr/bin/busybox', at])).stdout).toMatch(
      /User:\s+0\s+Group:\s+0/,
    );
    expect((await readFile(image.initrdPath)).toString('latin1', 0, 6)).toBe('070701');
    expect((await stat(image.kernelPath)).size).toBeGreaterThan(1_000_000);
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const workDir = await temporaryDirectory();
    const abort = new AbortController();
    const outDir = join(workDir, 'out');
    const build = buildLocalImage({
      id: 'tiny',
      arch,
      workDir,
      outDir,
      signal: abort.signal,
      onProgress: ({ step }) => step.startsWith('downloading') && abort.abort(),
    });
    await expect(build).rejects.toMatchObject({ code: 'image.build-cancelled' });
    expect(await readdir(workDir)).toEqual([]);
  });

  it('says which recipes there are when asked for another', async () => {
    await expect(localImageKey({ id: 'plan9', arch, signal })).rejects.toMatchObject({
      code: 'image.recipe-unknown',
      details: { recipes: ['tiny', 'debian-12', 'debian-12-untrimmed'] },
    });
  });
});
