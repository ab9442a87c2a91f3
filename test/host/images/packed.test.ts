import { execFileSync } from 'node:child_process';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImageProgress } from '../../../src/core/ports/image-cache.ts';
import { cacheIn, certificate, expectNothingLeft, failure, sendFile, sha256 } from '../../support/image-pulls.ts';
import { serveTls } from '../../support/image-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { diskBytes, vendorImage } from '../../support/vendor-image.ts';

const mib = 1024 ** 2;
const packers = {
  gz: (bytes: Buffer) => gzipSync(bytes),
  xz: (bytes: Buffer) => execFileSync('xz', ['-zc', '-1'], { input: bytes, maxBuffer: 64 * mib }),
  zst: (bytes: Buffer) => execFileSync('zstd', ['-cq'], { input: bytes, maxBuffer: 64 * mib }),
} as const;
type Compression = keyof typeof packers;
const all: readonly Compression[] = ['gz', 'xz', 'zst'];

let bytes: Buffer;
let directory: string;

beforeAll(async () => {
  bytes = await diskBytes();
});
beforeEach(async () => {
  directory = join(await temporaryDirectory(), 'images');
});

async function served(packed: Buffer, compression: Compression, change: Parameters<typeof vendorImage>[2] = {}) {
  const server = await serveTls(certificate, sendFile(packed));
  return { server, entry: vendorImage(packed, server.url, { compression, contentDigest: sha256(bytes), ...change }) };
}

describe('a packed image', () => {
  it.each(all)('is checked as it is served, unpacked (%s) and checked again [R-28]', async (compression) => {
    const { server, entry } = await served(packers[compression](bytes), compression);
    const progress: ImageProgress[] = [];
    const image = await cacheIn(directory).fetch(entry, { onProgress: (each) => progress.push(each) });
    expect(bytes.equals(await readFile(image.path))).toBe(true);
    expect(image).toMatchObject({ digest: entry.digest, contentDigest: sha256(bytes), format: 'qcow2' });
    expect((await stat(image.path)).mode & 0o777).toBe(0o444);
    expect(new Set(progress.map(({ stage }) => stage))).toEqual(new Set(['downloading', 'verifying', 'unpacking']));
    expect(await cacheIn(directory).lookup(entry, { verify: true })).toEqual(image);
    expect(server.requests).toHaveLength(1);
  });

  it('is refused in the cache when the lock file learns that its content is another one', async () => {
    const { entry } = await served(packers.gz(bytes), 'gz', { contentDigest: null });
    await cacheIn(directory).fetch(entry);
    const wrong = { ...entry, contentDigest: sha256(Buffer.alloc(1)) };
    expect((await failure(cacheIn(directory).lookup(wrong))).code).toBe('image.digest-mismatch');
  });

  it.each(all)('is not unpacked before its own digest is right (%s)', async (compression) => {
    const { entry } = await served(packers[compression](bytes), compression);
    const stages = new Set<string>();
    const wrong = { ...entry, digest: sha256(Buffer.alloc(1)) };
    const onProgress = ({ stage }: ImageProgress) => stages.add(stage);
    expect((await failure(cacheIn(directory).fetch(wrong, { onProgress }))).code).toBe('image.digest-mismatch');
    expect(stages).not.toContain('unpacking');
    await expectNothingLeft(directory);
  });

  it.each(all)('that unpacks to something else is not kept (%s)', async (compression) => {
    const other = await diskBytes();
    const { entry } = await served(packers[compression](other), compression);
    const error = await failure(cacheIn(directory).fetch(entry));
    expect(error).toMatchObject({ code: 'image.digest-mismatch', message: expect.stringContaining('unpacks to') });
    await expectNothingLeft(directory);
  });

  it.each(all)('that is a bomb ends at the size of its disk (%s) [case 19]', async (compression) => {
    const bomb = packers[compression](Buffer.concat([bytes, Buffer.alloc(256 * mib)]));
    expect(bomb.length).toBeLessThan(2 * mib);
    const { entry } = await served(bomb, compression, { virtualSize: 8 * mib });
    let most = 0;
    const onProgress = (progress: ImageProgress): void => {
      if (progress.stage === 'unpacking') most = Math.max(most, progress.bytesDone);
    };
    expect((await failure(cacheIn(directory).fetch(entry, { onProgress }))).code).toBe('image.size-mismatch');
    expect(most).toBeLessThanOrEqual(73 * mib);
    await expectNothingLeft(directory);
  });

  it('that is a bomb ends before it has filled the disk, when the size of its disk is not known [case 19]', async () => {
    const small = join(await temporaryDirectory(), 'small');
    await mkdir(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', small]);
    try {
      const { entry } = await served(packers.gz(Buffer.alloc(200 * mib)), 'gz');
      expect((await failure(cacheIn(small).fetch(entry))).code).toBe('host.no-space');
      await expectNothingLeft(small);
    } finally {
      execFileSync('umount', [small]);
    }
  });

  it.each(all)('that is cut off or is no such file is named as such (%s)', async (compression) => {
    for (const broken of [packers[compression](bytes).subarray(0, 300_000), Buffer.from('<html>not here</html>')]) {
      const { entry } = await served(broken, compression);
      const error = await failure(cacheIn(directory).fetch(entry));
      expect(error).toMatchObject({
        code: 'image.unsafe-base',
        message: expect.stringContaining(`sound ${compression}`),
      });
      await expectNothingLeft(directory);
    }
  });

  it.each<[Compression, string]>([
    ['xz', 'xz'],
    ['zst', 'zstd'],
  ])('needs the program for %s; the package is named, and the download is kept', async (compression, tool) => {
    const { server, entry } = await served(packers[compression](bytes), compression);
    const cache = cacheIn(directory, { findTool: async () => undefined });
    const error = await failure(cache.fetch(entry));
    expect(error).toMatchObject({ code: 'host.tool-missing', message: expect.stringContaining(tool) });
    expect(error.next[0]).toMatch(new RegExp(`install .*${tool}`));
    await cacheIn(directory).fetch(entry);
    expect(server.requests).toHaveLength(1);
  });

  it('ends when it is cancelled while it is unpacked', async () => {
    for (const compression of all) {
      const cancel = new AbortController();
      const { entry } = await served(packers[compression](Buffer.concat([bytes, Buffer.alloc(32 * mib)])), compression);
      const onProgress = ({ stage }: ImageProgress): void => {
        if (stage === 'unpacking') cancel.abort(new Error('enough'));
      };
      await expect(cacheIn(directory).fetch(entry, { onProgress, signal: cancel.signal })).rejects.toThrow('enough');
      expect(await cacheIn(directory).lookup(entry)).toBeUndefined();
    }
  });
});

describe('what may not be the base of a VM', () => {
  it.each<[string, () => Promise<Buffer>, 'qcow2' | 'raw', RegExp]>([
    ['a backing file', () => diskBytes(['-u', '-b', '/etc/passwd', '-F', 'raw']), 'qcow2', /backing file/],
    ['an external data file', () => externalData(), 'qcow2', /data in another file/],
    ['an encrypted disk', () => encrypted(), 'qcow2', /encrypted/],
    ['a VMDK extent', () => converted('vmdk'), 'qcow2', /vmdk, not qcow2/],
    ['raw bytes that begin like qcow2', async () => bytes, 'raw', /qcow2, not raw/],
    ['a disk without size', () => withoutSize(), 'qcow2', /no size/],
    ['a page', async () => Buffer.from('<!DOCTYPE html>'.padEnd(600)), 'raw', /html, not raw/],
  ])('%s is refused before it is kept [case 24]', async (_, make, format, words) => {
    const made = await make();
    const server = await serveTls(certificate, sendFile(made));
    const error = await failure(cacheIn(directory).fetch(vendorImage(made, server.url, { format })));
    expect(error).toMatchObject({ code: 'image.unsafe-base', message: expect.stringMatching(words) });
    await expectNothingLeft(directory);
  });

  it('a raw image that is one is taken', async () => {
    const raw = Buffer.alloc(mib, 7);
    const server = await serveTls(certificate, sendFile(raw));
    const image = await cacheIn(directory).fetch(vendorImage(raw, server.url, { format: 'raw' }));
    expect(image).toMatchObject({ format: 'raw', virtualSizeBytes: mib });
    expect(image.path).toMatch(/disk\.raw$/);
  });
});

async function inDirectory(make: (path: string) => void, name: string): Promise<Buffer> {
  const path = join(await temporaryDirectory(), name);
  make(path);
  return readFile(path);
}

const image = (path: string, ...options: readonly string[]) =>
  void execFileSync('qemu-img', ['create', '-q', ...options, path, '8M']);

const externalData = () =>
  inDirectory((path) => image(path, '-f', 'qcow2', '-o', `data_file=${join(dirname(path), 'data')}`), 'a');

const encrypted = () =>
  inDirectory((path) => {
    const secret = ['--object', 'secret,id=s,data=abc', '-o', 'encrypt.format=luks,encrypt.key-secret=s'];
    image(path, '-f', 'qcow2', ...secret, '-o', 'encrypt.iter-time=10');
  }, 'a');

const converted = (format: string) => inDirectory((path) => image(path, '-f', format), 'a');

async function withoutSize(): Promise<Buffer> {
  const changed = Buffer.from(bytes);
  changed.writeBigUInt64BE(0n, 24);
  return changed;
}
