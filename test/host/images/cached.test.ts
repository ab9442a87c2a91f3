import { execFileSync } from 'node:child_process';
import {
  chmod,
  cp,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { VendorImage } from '../../../src/core/image/image-entry.ts';
import type { CachedImage, ImageCache } from '../../../src/core/ports/image-cache.ts';
import { runAsRoot } from '../../support/as-root.ts';
import { cacheIn, certificate } from '../../support/image-pulls.ts';
import { type ImageServer, serveTls } from '../../support/image-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { diskBytes, vendorImage } from '../../support/vendor-image.ts';

let bytes: Buffer;
let server: ImageServer;
let directory: string;
let cache: ImageCache;
let entry: VendorImage;
let image: CachedImage;

beforeAll(async () => {
  bytes = await diskBytes();
});
beforeEach(async () => {
  // In pieces, so without a content-length.
  server = await serveTls(certificate, (_, response) => {
    response.write(bytes);
    response.end();
  });
  directory = join(await temporaryDirectory(), 'images');
  cache = cacheIn(directory);
  entry = vendorImage(bytes, server.url);
  image = await cache.fetch(entry);
});

/** Changes one byte; with `stealthily` size and time stay as they were. */
async function tamper(path: string, stealthily: boolean): Promise<void> {
  const { atime, mtime } = await stat(path);
  const changed = await readFile(path);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  await chmod(path, 0o644);
  await writeFile(path, changed);
  if (stealthily) await utimes(path, atime, mtime);
}

describe('a cached image', () => {
  it('that is fetched again takes with it what a killed download left of it, and nothing of others [R-28]', async () => {
    const partial = join(directory, 'partial');
    const own = `${entry.digest.replace(':', '-')}.part`;
    for (const name of [own, `${own}.json`, `sha256-${'0'.repeat(64)}.part`]) await writeFile(join(partial, name), 'x');
    expect(await cache.fetch(entry)).toEqual(image);
    expect(await readdir(partial)).toEqual([`sha256-${'0'.repeat(64)}.part`]);
  });

  it('that was changed is found, removed and refused; the next fetch brings the right one [R-28]', async () => {
    await tamper(image.path, false);
    await expect(cache.lookup(entry)).rejects.toMatchObject({
      code: 'image.digest-mismatch',
      message: expect.stringContaining(image.path),
    });
    expect(await cache.lookup(entry)).toBeUndefined();
    expect(await readdir(join(directory, 'by-digest'))).toEqual([]);
    expect(bytes.equals(await readFile((await cache.fetch(entry)).path))).toBe(true);
    expect(server.requests).toHaveLength(2);
  });

  it('that was changed is refused by fetch as well', async () => {
    await tamper(image.path, false);
    await expect(cache.fetch(entry)).rejects.toMatchObject({ code: 'image.digest-mismatch' });
  });

  it('that was changed with its time put back is found when asked to verify', async () => {
    const seconds = new Date(1_700_000_000_000);
    await utimes(image.path, seconds, seconds);
    expect(await cache.lookup(entry)).toEqual(image);
    await tamper(image.path, true);
    await expect(cache.lookup(entry, { verify: true })).rejects.toMatchObject({ code: 'image.digest-mismatch' });
  });

  it('that was only touched is read again once, and kept', async () => {
    const later = new Date(Date.now() + 5_000);
    await utimes(image.path, later, later);
    expect(await cache.lookup(entry)).toEqual(image);
    const record = JSON.parse(await readFile(join(dirname(image.path), 'image.json'), 'utf8'));
    expect(record.files.disk.mtimeMs).toBeCloseTo(later.getTime(), 1);
  });

  it('without its record, or without its file, counts as absent and is fetched again', async () => {
    await writeFile(join(dirname(image.path), 'image.json'), '{"schemaVersion":1');
    expect(await cache.lookup(entry)).toBeUndefined();
    expect(await cache.list()).toEqual([]);
    expect((await cache.fetch(entry)).path).toBe(image.path);
    execFileSync('rm', ['-f', image.path]);
    expect(await cache.lookup(entry)).toBeUndefined();
  });

  it('without its record takes no room beside the one that is fetched in its place', async () => {
    await rm(join(dirname(image.path), 'image.json'));
    await writeFile(join(dirname(image.path), 'left-over'), 'x');
    const again = await cache.fetch(entry);
    expect((await readdir(dirname(again.path))).sort()).toEqual(['disk.qcow2', 'image.json']);
  });

  it('is found under any id that has its digest, and listed, measured and removed', async () => {
    expect((await cache.lookup({ ...entry, id: 'alma' }))?.id).toBe('alma');
    expect(await cache.list()).toEqual([image]);
    expect(await cache.sizeBytes()).toBeGreaterThanOrEqual(bytes.length);
    expect(await cache.remove(image.digest)).toBe(true);
    expect(await cache.remove(image.digest)).toBe(false);
    expect(await cache.list()).toEqual([]);
    expect(await cache.lookup(entry)).toBeUndefined();
  });
});

describe('a name in the cache that is not a file of ours alone', () => {
  const disk = () => image.path;
  const whole = () => dirname(image.path);

  it.each<[string, () => string, (path: string, copy: string) => Promise<void>]>([
    ['a symbolic link to the right bytes', disk, (path, copy) => symlink(copy, path)],
    ['a symbolic link to nothing', disk, (path) => symlink('/nowhere', path)],
    ['a hard link', disk, (path, copy) => link(copy, path)],
    ['a directory', disk, (path) => mkdir(path)],
    ['a symbolic link in place of its directory', whole, (path, copy) => symlink(copy, path)],
  ])('is refused and removed when it is %s, and nothing behind it is touched [case 23]', async (_, at, plant) => {
    const copy = join(await temporaryDirectory(), 'copy');
    await cp(at(), copy, { recursive: true, preserveTimestamps: true });
    const before = await tree(copy);
    await rm(at(), { recursive: true });
    await plant(at(), copy);
    for (const verify of [false, true]) {
      const work = verify ? cache.lookup(entry, { verify }) : cache.lookup(entry);
      if (!verify)
        await expect(work).rejects.toMatchObject({
          code: 'image.unsafe-base',
          message: expect.stringContaining('changed from elsewhere'),
        });
      else expect(await work).toBeUndefined();
    }
    expect(await tree(copy)).toEqual(before);
    const again = await cache.fetch(entry);
    expect(bytes.equals(await readFile(again.path))).toBe(true);
    expect((await lstat(again.path)).isFile()).toBe(true);
  });

  it('is not written through when a link waits where the image will be', async () => {
    const elsewhere = await temporaryDirectory();
    await cache.remove(entry.digest);
    await symlink(elsewhere, dirname(image.path));
    await expect(cache.fetch(entry)).rejects.toMatchObject({ code: 'image.unsafe-base' });
    await cache.fetch(entry);
    expect(await readdir(elsewhere)).toEqual([]);
  });

  it('is sealed again when it was made writable, after its bytes were found to be right', async () => {
    await chmod(image.path, 0o644);
    expect(await cache.lookup(entry)).toEqual(image);
    expect((await stat(image.path)).mode & 0o777).toBe(0o444);
  });

  it('is another image when its record speaks of other bytes [case 22]', async () => {
    const recordPath = join(dirname(image.path), 'image.json');
    const record = JSON.parse(await readFile(recordPath, 'utf8'));
    for (const change of [
      { files: { disk: { ...record.files.disk, digest: `sha256:${'0'.repeat(64)}` } } },
      { digest: `sha256:${'0'.repeat(64)}` },
      { files: { disk: { ...record.files.disk, name: '../../../../etc/passwd' } } },
    ]) {
      await writeFile(recordPath, JSON.stringify({ ...record, ...change }));
      expect(await cache.lookup(entry)).toBeUndefined();
    }
  });
});

async function tree(path: string): Promise<readonly string[]> {
  if ((await stat(path)).isFile()) return [path, String((await readFile(path)).length)];
  return (await readdir(path, { recursive: true })).sort();
}

describe('a cache without room', () => {
  it('names the directory and what is needed, before and during the download, and keeps nothing', async () => {
    const small = join(await temporaryDirectory(), 'small');
    await mkdir(small);
    runAsRoot('mount', ['-t', 'tmpfs', '-o', 'size=512k,mode=1777', 'tmpfs', small]);
    try {
      const unsized = { ...entry, size: null };
      for (const wanted of [entry, unsized as VendorImage]) {
        await expect(cacheIn(small).fetch(wanted)).rejects.toMatchObject({
          code: 'host.no-space',
          message: expect.stringMatching(new RegExp(`almalinux-9 in ${small}/partial`)),
        });
        expect(await readdir(join(small, 'partial'))).toEqual([]);
      }
    } finally {
      runAsRoot('umount', [small]);
    }
  });
});
