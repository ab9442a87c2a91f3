import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalImage } from '../../../src/core/image/image-entry.ts';
import type { CachedImage, ImageCache } from '../../../src/core/ports/image-cache.ts';
import { createImageCache } from '../../../src/host/images/create-image-cache.ts';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { systemClock } from '../../../src/host/process/system-clock.ts';

const entry: LocalImage = {
  id: 'tiny',
  arch: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
  name: 'Tiny',
  family: 'tiny',
  defaultUser: 'tiny',
  minimumMemoryMib: 128,
  kind: 'local',
  provenance: { level: 'local', method: 'none' },
  recipe: 'tiny',
};
let directory: string;
let cache: ImageCache;
let first: CachedImage;
const stages: string[][] = [];

/** The real recipe, built for real. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sm-local-'));
  cache = createImageCache({ directory, runner: createProcessRunner(), clock: systemClock });
  const built = await Promise.all(
    [0, 1].map((index) => {
      const seen: string[] = [];
      stages[index] = seen;
      return cache.build(entry, { onProgress: ({ stage }) => seen.push(stage) });
    }),
  );
  expect(built[0]).toEqual(built[1]);
  first = built[0] as CachedImage;
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('a local image in the cache', () => {
  it('is built once when two want it, with kernel and initrd for a direct boot', async () => {
    expect(stages.filter((seen) => seen.includes('building'))).toHaveLength(1);
    expect(first).toMatchObject({
      id: 'tiny',
      level: 'local',
      format: 'qcow2',
      kernelCommandLine: expect.stringContaining('console='),
    });
    expect(Object.keys(first.packages ?? {}).length).toBeGreaterThan(0);
    for (const path of [first.path, first.kernelPath, first.initrdPath]) {
      expect((await stat(path ?? '')).mode & 0o777).toBe(0o444);
    }
    expect(await readdir(join(directory, 'building'))).toEqual([]);
  });

  it('is found again by what it was built from, and is not built again', async () => {
    expect(await cache.lookup(entry)).toEqual(first);
    const seen: string[] = [];
    expect(await cache.build(entry, { onProgress: ({ stage }) => seen.push(stage) })).toEqual(first);
    expect(seen).toEqual([]);
    expect(await cache.list()).toEqual([first]);
  });

  it('is not taken when another recipe made it', async () => {
    const pointer = join(directory, 'local', `tiny-${entry.arch}.json`);
    expect(JSON.parse(await readFile(pointer, 'utf8'))).toMatchObject({ schemaVersion: 1, digest: first.digest });
    expect(await cache.lookup({ ...entry, recipe: 'debian-12' })).toBeUndefined();
  });

  it('whose kernel was changed is found, removed and built again', async () => {
    const kernel = first.kernelPath ?? '';
    const { mtime } = await stat(kernel);
    await chmod(kernel, 0o644);
    await writeFile(kernel, 'another kernel');
    await utimes(kernel, mtime, mtime);
    await expect(cache.lookup(entry)).rejects.toMatchObject({ code: 'image.digest-mismatch' });
    expect(await cache.lookup(entry)).toBeUndefined();
    const again = await cache.build(entry);
    expect((await readFile(again.kernelPath ?? '')).length).toBeGreaterThan(1_000_000);
  });

  it('leaves nothing of a cancelled build', async () => {
    const cancel = new AbortController();
    const work = cache.build(entry, {
      force: true,
      signal: cancel.signal,
      onProgress: ({ stage }) => stage === 'building' && cancel.abort(new Error('stopped')),
    });
    await expect(work).rejects.toThrow();
    expect(await readdir(join(directory, 'building'))).toEqual([]);
    expect(await readdir(join(directory, 'locks'))).toEqual([]);
    expect(await cache.lookup(entry)).toBeDefined();
  });
});
