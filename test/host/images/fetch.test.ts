import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import type { ImageProgress } from '../../../src/core/ports/image-cache.ts';
import { bundleFixture } from '../../support/bundle-fixture.ts';
import {
  cacheIn,
  certificate,
  cutShort,
  expectNothingLeft,
  expectOnlyPart,
  failure,
} from '../../support/image-pulls.ts';
import { certificateFile, serveTls } from '../../support/image-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { diskBytes, vendorImage } from '../../support/vendor-image.ts';

let bytes: Buffer;
let directory: string;

beforeAll(async () => {
  bytes = await diskBytes();
});
beforeEach(async () => {
  directory = join(await temporaryDirectory(), 'images');
});

const sendAll: RequestListener = (_, response) => {
  response.setHeader('content-length', bytes.length).end(bytes);
};

describe('fetching an image', () => {
  it('puts the right bytes under their digest, read-only, with what is needed to do it again [R-23] [R-25] [R-27] [R-28]', async () => {
    const server = await serveTls(certificate, sendAll);
    const entry = vendorImage(bytes, `${server.url}/a.qcow2`, { releasedOn: '2026-01-02' });
    const progress: ImageProgress[] = [];
    const image = await cacheIn(directory).fetch(entry, { onProgress: (each) => progress.push(each) });
    expect(image).toMatchObject({
      id: 'almalinux-9',
      arch: 'x86_64',
      digest: entry.digest,
      format: 'qcow2',
      virtualSizeBytes: 1024 * 1024,
      level: 'pinned',
      url: entry.urls[0],
      releasedOn: '2026-01-02',
    });
    expect(bytes.equals(await readFile(image.path))).toBe(true);
    expect((await stat(image.path)).mode & 0o777).toBe(0o444);
    const record = JSON.parse(await readFile(join(dirname(image.path), 'image.json'), 'utf8'));
    expect(record).toMatchObject({ schemaVersion: 1, id: entry.id, digest: entry.digest, url: entry.urls[0] });
    expect(Date.parse(record.fetchedAt)).toBeGreaterThan(Date.now() - 60_000);
    expect(progress.at(-2)).toEqual({ stage: 'downloading', bytesDone: bytes.length, bytesTotal: bytes.length });
    expect(await cacheIn(directory).lookup(entry)).toEqual(image);
    expect(await cacheIn(directory).fetch(entry)).toEqual(image);
    expect(server.requests).toEqual(['/a.qcow2']);
    expect(await readdir(join(directory, 'partial'))).toEqual([]);
  });

  it('never calls an image signed that nothing verified', async () => {
    const server = await serveTls(certificate, sendAll);
    const entry = vendorImage(bytes, server.url, { level: 'signed' });
    expect((await cacheIn(directory).fetch(entry)).level).toBe('pinned');
    expect((await cacheIn(directory).lookup(entry))?.level).toBe('pinned');
  });

  it('registers nothing when the last check of the caller refuses, which sees the right bytes', async () => {
    const server = await serveTls(certificate, sendAll);
    const seen: (string | boolean)[] = [];
    const beforeKeeping = async ({ path, digest }: { path: string; digest: string }): Promise<never> => {
      seen.push(digest, bytes.equals(await readFile(path)));
      throw new SysmonvmError('image.signature-bad', 'bad signature');
    };
    const entry = vendorImage(bytes, server.url);
    expect((await failure(cacheIn(directory).fetch(entry, { beforeKeeping }))).message).toBe('bad signature');
    expect(seen).toEqual([entry.digest, true]);
    await expectNothingLeft(directory);
  });

  it('downloads again with force [R-28]', async () => {
    const server = await serveTls(certificate, sendAll);
    const entry = vendorImage(bytes, server.url);
    await cacheIn(directory).fetch(entry);
    const again = await cacheIn(directory).fetch(entry, { force: true });
    expect(server.requests).toHaveLength(2);
    expect(await cacheIn(directory).lookup(entry)).toEqual(again);
  });

  it.each<[string, RequestListener, string, RegExp]>([
    ['a flipped byte [case 16]', (_, r) => r.end(flipped(bytes)), 'image.digest-mismatch', /its digest is sha256:/],
    [
      'more bytes than it may [case 15]',
      (_, r) => r.write(Buffer.concat([bytes, bytes])),
      'image.size-mismatch',
      /more than/,
    ],
    [
      'a longer file [case 15]',
      (_, r) => r.end(Buffer.concat([bytes, bytes])),
      'image.size-mismatch',
      /are announced instead/,
    ],
    ['an endless body [case 19]', endless, 'image.size-mismatch', /more than \d+ bytes/],
    ['fewer bytes, without saying how many [case 15]', silentlyShort, 'image.size-mismatch', /bytes came instead of/],
    ['a shorter file [case 15]', (_, r) => r.end(bytes.subarray(1)), 'image.size-mismatch', /are announced instead/],
    ['404', (_, r) => r.writeHead(404).end('no'), 'image.not-found', /the server answered 404/],
    ['410', (_, r) => r.writeHead(410).end('no'), 'image.not-found', /no other name is tried/],
    ['403', (_, r) => r.writeHead(403).end('no'), 'image.download-failed', /the server answered 403/],
    ['a page in its place', (_, r) => r.end('<html>'), 'image.size-mismatch', /6 bytes are announced/],
  ])('keeps nothing when the server sends %s [R-28]', async (_, listener, code, words) => {
    const server = await serveTls(certificate, listener);
    const error = await failure(cacheIn(directory).fetch(vendorImage(bytes, server.url)));
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
    expect(error.message).toContain(server.url);
    expect(error.next.join()).toContain('--image debian-12');
    await expectNothingLeft(directory);
  });

  it.each<[string, RequestListener]>([
    ['ends before its own length [case 15]', truncated],
    ['breaks half way', (_, r) => r.write(bytes.subarray(0, 5000), () => r.socket?.destroy())],
  ])('keeps what came for the next try, and no image, when it %s', async (_, listener) => {
    const server = await serveTls(certificate, (request, response) => {
      response.setHeader('etag', '"1"');
      listener(request, response);
    });
    const error = await failure(cacheIn(directory).fetch(vendorImage(bytes, server.url)));
    expect(error).toMatchObject({ code: 'image.size-mismatch', message: expect.stringContaining('closed before') });
    expect(server.requests).toHaveLength(3);
    await expectOnlyPart(directory);
  });

  it('does not take an image of unknown size that is larger than any', async () => {
    const server = await serveTls(certificate, (_, response) => {
      response.setHeader('content-length', 9 * 1024 ** 3).write(bytes);
    });
    const entry = vendorImage(bytes, server.url, { size: null });
    expect((await failure(cacheIn(directory).fetch(entry))).code).toBe('image.too-large');
    await expectNothingLeft(directory);
  });

  it('says why there is no connection, and names the image that needs none', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    const error = await failure(cacheIn(directory).fetch(vendorImage(bytes, `https://127.0.0.1:${port}/`)));
    expect(error).toMatchObject({ code: 'image.download-failed', message: expect.stringContaining('refused') });
    expect(error.next.join()).toContain('vm-create --image debian-12');
  });

  it('says clearly that there is no network', async () => {
    const error = await failure(cacheIn(directory).fetch(vendorImage(bytes, 'https://image.invalid/a')));
    expect(error.code).toBe('image.offline');
    expect(error.message).toMatch(/there is no network: the host name cannot be resolved/);
    await expectNothingLeft(directory);
  });

  it('refuses an image that refers to another file of the host', async () => {
    const evil = await diskBytes(['-u', '-b', '/etc/passwd', '-F', 'raw']);
    const server = await serveTls(certificate, (_, response) => response.end(evil));
    expect((await failure(cacheIn(directory).fetch(vendorImage(evil, server.url)))).code).toBe('image.unsafe-base');
    await expectNothingLeft(directory);
  });

  it('ends when it is cancelled, keeps what came and no image', async () => {
    const cancel = new AbortController();
    const server = await serveTls(certificate, (_, response) => {
      response.writeHead(200, { 'content-length': bytes.length, etag: '"1"' }).write(bytes.subarray(0, 1000));
    });
    const onProgress = () => cancel.abort(new Error('stopped by the user'));
    await expect(
      cacheIn(directory).fetch(vendorImage(bytes, server.url), { signal: cancel.signal, onProgress }),
    ).rejects.toThrow('stopped by the user');
    await expectOnlyPart(directory);
  });

  it('removes what an earlier version left of a killed download', async () => {
    const server = await serveTls(certificate, sendAll);
    const entry = vendorImage(bytes, server.url);
    const left = join(directory, 'partial', `${entry.digest.replace(':', '-')}.1.part`);
    await mkdir(dirname(left), { recursive: true });
    await writeFile(left, 'half');
    await cacheIn(directory).fetch(entry);
    expect(await readdir(dirname(left))).toEqual([]);
  });

  it('shows who waits how far the other one has come', async () => {
    let finish = (): void => undefined;
    const server = await serveTls(certificate, (_, response) => {
      response.setHeader('content-length', bytes.length).write(bytes.subarray(0, bytes.length - 1));
      finish = () => response.end(bytes.subarray(-1));
    });
    const entry = vendorImage(bytes, server.url);
    const first = cacheIn(directory).fetch(entry, {
      onProgress: () => {
        second ??= cacheIn(directory).fetch(entry, {
          onProgress: (progress) => {
            if (progress.stage !== 'waiting' || progress.bytesDone === undefined) return;
            seen.push(progress);
            finish();
          },
        });
      },
    });
    let second: Promise<unknown> | undefined;
    const seen: ImageProgress[] = [];
    expect(await first).toEqual(await second);
    expect(seen[0]).toMatchObject({ holderPid: process.pid, bytesTotal: bytes.length });
    expect(server.requests).toHaveLength(1);
  });

  it('is done once when two processes want it at the same moment [case 23]', async () => {
    const fixture = await bundleFixture('fetch-image.mjs');
    const authority = await certificateFile(certificate);
    // The server answers when the second process has said that it waits for the first.
    let onWaiting = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      onWaiting = resolve;
    });
    const server = await serveTls(
      certificate,
      (request, response) => void waiting.then(() => sendAll(request, response)),
    );
    const entry = vendorImage(bytes, server.url);
    const outputs = await Promise.all(
      [1, 2].map(() => {
        const child = spawn(process.execPath, [fixture, directory, JSON.stringify(entry)], {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, NODE_EXTRA_CA_CERTS: authority },
        });
        child.stderr.on('data', (chunk) => {
          if (String(chunk).includes('waiting')) onWaiting();
        });
        return text(child.stdout);
      }),
    );
    const results = outputs.map((output) => JSON.parse(output) as { image: { path: string }; stages: string[] });
    expect(server.requests).toHaveLength(1);
    expect(results[0]?.image).toEqual(results[1]?.image);
    expect(results.map(({ stages }) => stages.join()).sort()).toEqual(['downloading,verifying', 'waiting']);
    expect(await readdir(join(directory, 'locks'))).toEqual([]);
  });
});

function flipped(right: Buffer): Buffer {
  const wrong = Buffer.from(right);
  wrong[wrong.length >> 1] = (wrong[wrong.length >> 1] ?? 0) ^ 1;
  return wrong;
}

function truncated(_: unknown, response: Parameters<RequestListener>[1]): void {
  response.setHeader('content-length', bytes.length);
  cutShort(response, bytes.subarray(0, 5000));
}

/** HTTP/1.0: the end of the connection is the end of the file. */
function silentlyShort(_: unknown, response: Parameters<RequestListener>[1]): void {
  response.useChunkedEncodingByDefault = false;
  response.setHeader('connection', 'close');
  response.end(bytes.subarray(1));
}

function endless(_: unknown, response: Parameters<RequestListener>[1]): void {
  const block = Buffer.alloc(64 * 1024);
  const more = (): void => {
    while (response.write(block));
  };
  response.on('drain', more);
  more();
}
