import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import type { ImageProgress } from '../../../src/core/ports/image-cache.ts';
import { createImageCache, type ImageCacheDependencies } from '../../../src/host/images/create-image-cache.ts';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { systemClock } from '../../../src/host/process/system-clock.ts';
import { bundleFixture } from '../../support/bundle-fixture.ts';
import { makeCertificate, serve, serveTls } from '../../support/image-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { diskBytes, vendorImage } from '../../support/vendor-image.ts';

const runner = createProcessRunner();
const certificate = makeCertificate();
let bytes: Buffer;
let directory: string;

beforeAll(async () => {
  bytes = await diskBytes();
});
beforeEach(async () => {
  directory = join(await temporaryDirectory(), 'images');
});

const cacheWith = (change: Partial<ImageCacheDependencies> = {}) =>
  createImageCache({ directory, runner, clock: systemClock, transport: { allowLoopbackHttp: true }, ...change });

const sendAll: RequestListener = (_, response) => {
  response.setHeader('content-length', bytes.length).end(bytes);
};

async function failure(work: Promise<unknown>): Promise<SysmonvmError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SysmonvmError) return error;
  throw new Error('did not fail as it should', { cause: error });
}

/** No image, no partial download, no lock. */
async function expectNothingLeft(): Promise<void> {
  const left = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  expect(left.filter((entry) => !entry.isDirectory()).map(({ name }) => name)).toEqual([]);
}

describe('fetching an image', () => {
  it('puts the right bytes under their digest, read-only, with what is needed to do it again [R-23] [R-25] [R-27] [R-28]', async () => {
    const server = await serve(sendAll);
    const entry = vendorImage(bytes, `${server.url}/a.qcow2`, { releasedOn: '2026-01-02' });
    const progress: ImageProgress[] = [];
    const image = await cacheWith().fetch(entry, { onProgress: (each) => progress.push(each) });
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
    expect(await cacheWith().lookup(entry)).toEqual(image);
    expect(await cacheWith().fetch(entry)).toEqual(image);
    expect(server.requests).toEqual(['/a.qcow2']);
    expect(await readdir(join(directory, 'partial'))).toEqual([]);
  });

  it('never calls an image signed that nothing verified, and takes the word of the check that did', async () => {
    const server = await serve(sendAll);
    const entry = vendorImage(bytes, server.url, { level: 'signed' });
    expect((await cacheWith().fetch(entry)).level).toBe('pinned');
    const seen: string[] = [];
    const verified = await cacheWith({
      verify: async (_, file) => {
        seen.push(file.digest);
        return 'signed';
      },
    }).fetch(entry, { force: true });
    expect(verified.level).toBe('signed');
    expect(seen).toEqual([entry.digest]);
    expect((await cacheWith().lookup(entry))?.level).toBe('signed');
  });

  it('registers nothing when the check refuses', async () => {
    const server = await serve(sendAll);
    const verify = async (): Promise<never> => {
      throw new SysmonvmError('image.digest-mismatch', 'bad signature');
    };
    expect((await failure(cacheWith({ verify }).fetch(vendorImage(bytes, server.url)))).message).toBe('bad signature');
    await expectNothingLeft();
  });

  it('downloads again with force [R-28]', async () => {
    const server = await serve(sendAll);
    const entry = vendorImage(bytes, server.url);
    await cacheWith().fetch(entry);
    const again = await cacheWith().fetch(entry, { force: true });
    expect(server.requests).toHaveLength(2);
    expect(await cacheWith().lookup(entry)).toEqual(again);
  });

  it.each<[string, RequestListener, string, RegExp]>([
    ['other bytes', (_, r) => r.end(Buffer.alloc(bytes.length)), 'image.digest-mismatch', /its digest is sha256:/],
    ['more bytes', (_, r) => r.end(Buffer.concat([bytes, bytes])), 'image.digest-mismatch', /more than the \d+ bytes/],
    ['fewer bytes', (_, r) => r.end(bytes.subarray(1)), 'image.digest-mismatch', /bytes came instead of/],
    ['404', (_, r) => r.writeHead(404).end('no'), 'image.download-failed', /the server answered 404/],
    ['an end before its own length', truncated, 'image.download-failed', /connection/],
    [
      'a reset half way',
      (_, r) => r.write(bytes.subarray(0, 5000), () => r.socket?.resetAndDestroy()),
      'image.download-failed',
      /connection/,
    ],
    [
      'a redirect to nowhere',
      (_, r) => r.writeHead(302, { location: '/again' }).end(),
      'image.download-failed',
      /more than 10 times/,
    ],
    [
      'a redirect to a file',
      (_, r) => r.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      'image.download-failed',
      /not https/,
    ],
  ])('keeps nothing when the server sends %s [R-28]', async (_, listener, code, words) => {
    const server = await serve(listener);
    const error = await failure(cacheWith().fetch(vendorImage(bytes, server.url)));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(error.next.join()).toContain('--image debian-12');
    await expectNothingLeft();
  });

  it('says why there is no connection, and names the image that needs none', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    const error = await failure(cacheWith().fetch(vendorImage(bytes, `http://127.0.0.1:${port}/`)));
    expect(error).toMatchObject({ code: 'image.download-failed', message: expect.stringContaining('refused') });
    expect(error.next.join()).toContain('vm-create --image debian-12');
    expect((await failure(cacheWith().fetch(vendorImage(bytes, 'https://image.invalid/a')))).message).toContain(
      'cannot be resolved',
    );
  });

  it('refuses an image that refers to another file of the host', async () => {
    const evil = await diskBytes(['-u', '-b', '/etc/passwd', '-F', 'raw']);
    const server = await serve((_, response) => response.end(evil));
    expect((await failure(cacheWith().fetch(vendorImage(evil, server.url)))).code).toBe('image.unsafe-base');
    await expectNothingLeft();
  });

  it('ends when it is cancelled and leaves nothing', async () => {
    const cancel = new AbortController();
    const server = await serve((_, response) => {
      response.write(bytes.subarray(0, 1000));
      cancel.abort(new Error('stopped by the user'));
    });
    await expect(cacheWith().fetch(vendorImage(bytes, server.url), { signal: cancel.signal })).rejects.toThrow(
      'stopped by the user',
    );
    await expectNothingLeft();
  });

  it('removes what a killed download left', async () => {
    const server = await serve(sendAll);
    const entry = vendorImage(bytes, server.url);
    const left = join(directory, 'partial', `${entry.digest.replace(':', '-')}.1.part`);
    await mkdir(dirname(left), { recursive: true });
    await writeFile(left, 'half');
    await cacheWith().fetch(entry);
    expect(await readdir(dirname(left))).toEqual([]);
  });

  it('is done once when two processes want it at the same moment', async () => {
    const fixture = await bundleFixture('fetch-image.mjs');
    // The server answers when the second process has said that it waits for the first.
    let onWaiting = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      onWaiting = resolve;
    });
    const server = await serve((request, response) => void waiting.then(() => sendAll(request, response)));
    const entry = vendorImage(bytes, server.url);
    const outputs = await Promise.all(
      [1, 2].map(() => {
        const child = spawn(process.execPath, [fixture, directory, JSON.stringify(entry)], {
          stdio: ['ignore', 'pipe', 'pipe'],
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

describe('the way to the server', () => {
  const ca = { certificateAuthority: certificate.cert };

  it('is https, followed from https to https', async () => {
    const server = await serveTls(certificate, (request, response) =>
      request.url === '/a' ? response.writeHead(307, { location: '/b' }).end() : sendAll(request, response),
    );
    await cacheWith({ transport: ca }).fetch(vendorImage(bytes, `${server.url}/a`));
    expect(server.requests).toEqual(['/a', '/b']);
  });

  it('is not followed from https to http, even to the loopback address', async () => {
    const plain = await serve(sendAll);
    const server = await serveTls(certificate, (_, response) => response.writeHead(302, { location: plain.url }).end());
    const transport = { ...ca, allowLoopbackHttp: true };
    const error = await failure(cacheWith({ transport }).fetch(vendorImage(bytes, server.url)));
    expect(error.message).toContain('redirects from https to http://127.0.0.1');
    expect(plain.requests).toEqual([]);
  });

  it('is never plain http, and never a server whose certificate nobody vouches for', async () => {
    const plain = await serve(sendAll);
    expect((await failure(cacheWith({ transport: {} }).fetch(vendorImage(bytes, plain.url)))).message).toContain(
      'not https',
    );
    expect(plain.requests).toEqual([]);
    const server = await serveTls(certificate, sendAll);
    expect((await failure(cacheWith().fetch(vendorImage(bytes, server.url)))).message).toMatch(/self-signed/);
  });

  it('leads through the proxy of the environment', async () => {
    const asked: string[] = [];
    const proxy = createServer((client) => {
      client.once('data', (head) => {
        const target = /^CONNECT (\S+):(\d+)/.exec(head.toString());
        asked.push(target?.[0] ?? head.toString());
        const upstream = connect(Number(target?.[2]), target?.[1], () => {
          client.write('HTTP/1.1 200 OK\r\n\r\n');
          upstream.pipe(client).pipe(upstream);
        });
        for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
      });
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const server = await serveTls(certificate, sendAll);
    const before = { ...process.env };
    Object.assign(process.env, {
      https_proxy: `http://127.0.0.1:${(proxy.address() as { port: number }).port}`,
      no_proxy: '',
    });
    try {
      await cacheWith({ transport: ca }).fetch(vendorImage(bytes, server.url));
      expect(asked).toEqual([`CONNECT ${new URL(server.url).host}`]);
    } finally {
      process.env = before;
      proxy.close();
    }
  });
});

function truncated(_: unknown, response: Parameters<RequestListener>[1]): void {
  response.setHeader('content-length', bytes.length);
  response.write(bytes.subarray(0, 5000), () => response.destroy());
}
