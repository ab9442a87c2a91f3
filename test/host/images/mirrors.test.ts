import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImageProgress } from '../../../src/core/ports/image-cache.ts';
import { createVendorFiles } from '../../../src/host/images/vendor-files.ts';
import { cacheIn, certificate, expectNothingLeft, failure, sendFile } from '../../support/image-pulls.ts';
import { serve, serveTls } from '../../support/image-server.ts';
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

const redirect =
  (location: string): RequestListener =>
  (_, response) =>
    response.writeHead(302, { location }).end();
const wrongBytes: RequestListener = (_, response) => response.end(Buffer.alloc(bytes.length));
const start = (listener: RequestListener) => serveTls(certificate, listener);
/** The same server under the other name of this machine: another host. */
const otherName = (url: string) => url.replace('127.0.0.1', 'localhost');

describe('several addresses of one image', () => {
  it('are asked in turn for the very same digest; what each one did is told [case 29]', async () => {
    const [gone, wrong, right] = [
      await start((_, response) => response.writeHead(404).end()),
      await start(wrongBytes),
      await start(sendFile(bytes)),
    ];
    const progress: ImageProgress[] = [];
    const entry = vendorImage(bytes, gone.url, { urls: [gone.url, wrong.url, right.url] });
    const image = await cacheIn(directory).fetch(entry, { onProgress: (each) => progress.push(each) });
    expect(image.url).toBe(right.url);
    const told = progress.filter((each) => each.stage === 'retrying');
    expect(told).toMatchObject([
      { url: wrong.url, why: expect.stringContaining('404') },
      { url: right.url, why: expect.stringMatching(new RegExp(`${wrong.url}.*its digest is`)) },
    ]);
  });

  it('fail together, and the gravest failure is the one that counts [case 29]', async () => {
    const [gone, wrong] = [await start((_, response) => response.writeHead(404).end()), await start(wrongBytes)];
    const urls = [gone.url, wrong.url, 'https://image.invalid/a'];
    const error = await failure(cacheIn(directory).fetch(vendorImage(bytes, gone.url, { urls })));
    expect(error.code).toBe('image.digest-mismatch');
    for (const url of urls) expect(error.message).toContain(url);
    expect(error.details['failures']).toMatchObject([
      { code: 'image.not-found' },
      { code: 'image.digest-mismatch' },
      { code: 'image.download-failed' },
    ]);
    expect([...gone.requests, ...wrong.requests]).toEqual(['/', '/']);
    await expectNothingLeft(directory);
  });
});

describe('a redirect', () => {
  it('is followed on the same host, and to hosts that the lock file names', async () => {
    const right = await start(sendFile(bytes));
    const first = await start((request, response) =>
      redirect(request.url === '/a' ? '/b' : otherName(right.url))(request, response),
    );
    const redirectHosts = [new URL(otherName(right.url)).host];
    await cacheIn(directory).fetch(vendorImage(bytes, `${first.url}/a`, { redirectHosts }));
    expect([first.requests, right.requests]).toEqual([['/a', '/b'], ['/']]);
  });

  it('is followed anywhere when the lock file says so, since the digest decides', async () => {
    const right = await start(sendFile(bytes));
    const first = await start(redirect(otherName(right.url)));
    await cacheIn(directory).fetch(vendorImage(bytes, first.url, { redirectHosts: ['*'] }));
    expect(right.requests).toEqual(['/']);
  });

  it.each<[string, (right: string, plain: string) => string, RegExp]>([
    ['another host', otherName, /the host localhost:\d+ is not one/],
    ['another port', (right) => right, /the host 127\.0\.0\.1:\d+ is not one/],
    ['plain http', (_, plain) => plain, /is not https/],
    ['a file', () => 'file:///etc/passwd', /is not https/],
    ['a user at the right host', (right) => right.replace('//', '//somebody:secret@'), /names a user/],
    ['a name that looks alike', () => Buffer.from('https://lоcalhost/').toString('latin1'), /the host xn--/],
    ['the same name with a dot behind', (right) => otherName(right).replace('localhost', 'localhost.'), /localhost\.:/],
    ['nowhere', () => 'https://', /is no address/],
    ['itself, for ever', () => '/again', /more than 5 times/],
  ])('is refused to %s [case 17]', async (name, location, words) => {
    const right = await start(sendFile(bytes));
    const plain = await serve(sendFile(bytes));
    const first = await start(redirect(location(right.url, plain.url)));
    const redirectHosts = name.includes('right host') ? [new URL(right.url).host] : [];
    const error = await failure(cacheIn(directory).fetch(vendorImage(bytes, first.url, { redirectHosts })));
    expect(error).toMatchObject({ code: 'image.redirect-refused', message: expect.stringMatching(words) });
    expect(error.message).not.toContain('secret');
    expect([...right.requests, ...plain.requests]).toEqual([]);
    await expectNothingLeft(directory);
  });

  it('is refused to plain http even where any host may serve', async () => {
    const plain = await serve(sendFile(bytes));
    const first = await start(redirect(plain.url));
    const entry = vendorImage(bytes, first.url, { redirectHosts: ['*'] });
    expect((await failure(cacheIn(directory).fetch(entry))).code).toBe('image.redirect-refused');
  });
});

describe('the way to the server', () => {
  it.each(['gzip', 'x-gzip', 'br', 'zstd', 'gzip, identity'])(
    'refuses the content encoding %s [case 19]',
    async (encoding) => {
      const server = await start((_, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(gzipSync(bytes)),
      );
      const error = await failure(cacheIn(directory).fetch(vendorImage(bytes, server.url)));
      expect(error).toMatchObject({
        code: 'image.encoding-refused',
        message: expect.stringContaining(`"${encoding}"`),
      });
      await expectNothingLeft(directory);
    },
  );

  it('is never plain http, and never a server whose certificate nobody vouches for', async () => {
    const plain = await serve(sendFile(bytes));
    const refused = await failure(cacheIn(directory).fetch(vendorImage(bytes, plain.url)));
    expect(refused.message).toContain('not https');
    expect(plain.requests).toEqual([]);
    const server = await start(sendFile(bytes));
    const stranger = cacheIn(directory, { transport: {} });
    expect((await failure(stranger.fetch(vendorImage(bytes, server.url)))).message).toMatch(/self-signed/);
    expect(server.requests).toEqual([]);
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
    const server = await start(sendFile(bytes));
    const before = { ...process.env };
    const address = `http://127.0.0.1:${(proxy.address() as { port: number }).port}`;
    Object.assign(process.env, { https_proxy: address, no_proxy: '' });
    try {
      await cacheIn(directory).fetch(vendorImage(bytes, server.url));
      expect(asked).toEqual([`CONNECT ${new URL(server.url).host}`]);
    } finally {
      process.env = before;
      proxy.close();
    }
  });

  it('is not taken at all when that was forbidden', async () => {
    let connections = 0;
    const listener = createServer(() => {
      connections += 1;
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const url = `https://127.0.0.1:${(listener.address() as { port: number }).port}/`;
    for (const force of [false, true]) {
      const error = await failure(cacheIn(directory).fetch(vendorImage(bytes, url), { offline: true, force }));
      expect(error).toMatchObject({ code: 'image.offline', message: expect.stringContaining('forbidden') });
    }
    expect((await failure(createVendorFiles({}, { offline: true }).fetch(url, { limitBytes: 1 }))).code).toBe(
      'image.offline',
    );
    expect(connections).toBe(0);
    listener.close();
    const server = await start(sendFile(bytes));
    const entry = vendorImage(bytes, server.url);
    const image = await cacheIn(directory).fetch(entry);
    expect(await cacheIn(directory).fetch(entry, { offline: true })).toEqual(image);
  });
});

describe('small files of vendors', () => {
  const files = createVendorFiles({ certificateAuthority: certificate.cert });
  const options = { limitBytes: 100 };

  it('are read as they are, after redirects on their own host', async () => {
    const server = await start((request, response) =>
      request.url === '/a' ? redirect('/b')(request, response) : response.end('sums\n'),
    );
    expect(Buffer.from(await files.fetch(`${server.url}/a`, options)).toString()).toBe('sums\n');
  });

  it.each<[string, RequestListener, string]>([
    ['that are too large', (_, r) => r.end(Buffer.alloc(101)), 'image.too-large'],
    ['that are not there', (_, r) => r.writeHead(404).end(), 'image.not-found'],
    ['of a broken server', (_, r) => r.writeHead(500).end(), 'image.download-failed'],
    ['elsewhere', redirect('https://localhost/'), 'image.redirect-refused'],
    [
      'in another encoding',
      (_, r) => r.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
      'image.encoding-refused',
    ],
    ['that break off', (_, r) => r.write('x', () => r.socket?.destroy()), 'image.download-failed'],
  ])('%s are refused', async (_, listener, code) => {
    const server = await start(listener);
    expect((await failure(files.fetch(server.url, options))).code).toBe(code);
  });

  it('say clearly that there is no network', async () => {
    expect((await failure(files.fetch('https://image.invalid/SUMS', options))).code).toBe('image.offline');
  });
});
