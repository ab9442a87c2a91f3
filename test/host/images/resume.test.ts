import { appendFile, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImageProgress } from '../../../src/core/ports/image-cache.ts';
import { cacheIn, certificate, expectOnlyPart, failure, sendFile, sha256 } from '../../support/image-pulls.ts';
import { serveTls } from '../../support/image-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { diskBytes, vendorImage } from '../../support/vendor-image.ts';

const half = 400_000;
let bytes: Buffer;
let directory: string;
/** What the server does; each test changes it between the pulls. */
let answer: RequestListener;
let ranges: (string | undefined)[];
let url: string;
let part: string;

beforeAll(async () => {
  bytes = await diskBytes();
});
beforeEach(async () => {
  directory = join(await temporaryDirectory(), 'images');
  part = join(directory, 'partial', `${sha256(bytes).replace(':', '-')}.part`);
  ranges = [];
  const server = await serveTls(certificate, (request, response) => {
    ranges.push(request.headers.range);
    answer(request, response);
  });
  url = `${server.url}/a.qcow2`;
});

const entry = () => vendorImage(bytes, url);

/** A pull that ends after half of the file, in the state that a killed process leaves. */
async function interrupted(serving: Parameters<typeof sendFile>[1] = { etag: '"1"' }): Promise<void> {
  const cancel = new AbortController();
  answer = (request, response) => {
    sendFile(bytes, serving)(request, Object.assign(response, { end: () => response.write(bytes.subarray(0, half)) }));
  };
  const onProgress = async (progress: ImageProgress): Promise<void> => {
    if (progress.stage !== 'downloading') return;
    while ((await stat(part)).size === 0) cancel.abort(new Error('enough'));
  };
  await expect(
    cacheIn(directory).fetch(entry(), { signal: cancel.signal, onProgress: (each) => void onProgress(each) }),
  ).rejects.toThrow('enough');
  ranges = [];
}

const pullAgain = async (): Promise<readonly ImageProgress[]> => {
  const progress: ImageProgress[] = [];
  const image = await cacheIn(directory).fetch(entry(), { onProgress: (each) => progress.push(each) });
  expect(bytes.equals(await readFile(image.path))).toBe(true);
  return progress;
};

describe('a pull that was interrupted [R-28]', () => {
  it.each([
    ['an ETag', { etag: '"1"' }],
    ['the time of the last change', { lastModified: 'Sat, 04 Jul 2026 10:00:00 GMT' }],
  ])('goes on where it was, recognised by %s', async (_, serving) => {
    await interrupted(serving);
    await expectOnlyPart(directory);
    const { size } = await stat(part);
    expect(size).toBeGreaterThan(0);
    answer = sendFile(bytes, serving);
    const progress = await pullAgain();
    expect(ranges).toEqual([`bytes=${size}-`]);
    expect(progress).toContainEqual(expect.objectContaining({ stage: 'downloading', resumedFrom: size }));
  });

  it('needs no server when only the last step was missing', async () => {
    await interrupted();
    await writeFile(part, bytes);
    await pullAgain();
    expect(ranges).toEqual([]);
  });

  it.each<[string, () => RequestListener, number]>([
    ['has another file now, and says so', () => sendFile(bytes, { etag: '"2"' }), 1],
    ['ignores If-Range and continues another file', () => mixed('"2"'), 2],
    ['knows nothing of ranges', () => (_, response) => response.end(bytes), 1],
    ['continues at another place', () => shifted(1, 0), 2],
    ['names another size', () => shifted(0, 1), 2],
    ['refuses the range', () => (q, r) => (q.headers.range ? r.writeHead(416).end() : r.end(bytes)), 2],
  ])('begins anew when the server %s [case 18]', async (_, listener, requests) => {
    await interrupted();
    answer = listener();
    const progress = await pullAgain();
    expect(ranges).toHaveLength(requests);
    expect(progress.filter((each) => 'resumedFrom' in each)).toEqual([]);
  });

  it('never becomes a mixed file, whatever the server claims [case 18]', async () => {
    await interrupted();
    answer = mixed('"1"');
    const progress = await pullAgain();
    expect(ranges).toEqual([expect.stringMatching(/^bytes=\d+-$/), undefined]);
    expect(progress).toContainEqual(expect.objectContaining({ stage: 'retrying' }));
  });

  it('begins anew when the part was changed on disk [case 18]', async () => {
    await interrupted();
    const changed = await readFile(part);
    changed[7] = (changed[7] ?? 0) ^ 1;
    await writeFile(part, changed);
    answer = sendFile(bytes, { etag: '"1"' });
    await pullAgain();
    expect(ranges).toEqual([expect.stringMatching(/^bytes=/), undefined]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['is longer than the file', () => appendFile(part, bytes)],
    ['belongs to another digest', () => rewriteFacts((facts) => ({ ...facts, digest: sha256(Buffer.alloc(1)) }))],
    ['belongs to another address', () => rewriteFacts((facts) => ({ ...facts, url: 'https://127.0.0.1/b' }))],
    ['has facts that cannot be read', () => writeFile(`${part}.json`, '{"schemaVersion":1,')],
    ['was made by a server without ETag', () => rewriteFacts(({ validator: _, ...facts }) => facts)],
    ['is a link to another file [case 23]', replaceByLink],
  ])('does not go on with a part that %s', async (_, change) => {
    await interrupted();
    await change();
    answer = sendFile(bytes, { etag: '"1"' });
    await pullAgain();
    expect(ranges).toEqual([undefined]);
  });

  it('never goes on without an ETag or a date', async () => {
    await interrupted({});
    answer = sendFile(bytes);
    await pullAgain();
    expect(ranges).toEqual([undefined]);
  });

  it('comes to its end at a server that breaks off again and again', async () => {
    answer = sendFile(bytes, { etag: '"1"', cutAfter: half });
    const progress = await pullAgain();
    const starts = ranges.map((range) => Number(/\d+/.exec(range ?? 'bytes=0-')?.[0]));
    expect(starts.length).toBeGreaterThanOrEqual(3);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(progress).toContainEqual(expect.objectContaining({ stage: 'retrying', attempts: 3, attempt: 2 }));
  });

  it('can be swept away when it is old and nobody works on it', async () => {
    await interrupted();
    const cache = cacheIn(directory);
    expect(await cache.removePartial({ olderThanMs: 60_000 })).toBe(0);
    const bytesLeft = await cache.removePartial({ olderThanMs: -1, dryRun: true });
    expect(bytesLeft).toBeGreaterThan(0);
    expect(await cache.removePartial({ olderThanMs: -1 })).toBe(bytesLeft);
    expect(await cache.removePartial({ olderThanMs: -1 })).toBe(0);
  });
});

describe('a server that is busy', () => {
  it('is asked again when it says so, a few times, and each try is told', async () => {
    let refusals = 0;
    answer = (request, response) => {
      refusals += 1;
      if (refusals === 1) response.writeHead(503, { 'retry-after': '7' }).end();
      else if (refusals === 2) response.writeHead(429).end();
      else sendFile(bytes)(request, response);
    };
    const told = (await pullAgain()).filter((progress) => progress.stage === 'retrying');
    expect(told).toMatchObject([
      { url, why: 'the server answered 503', attempt: 2, attempts: 3, waitSeconds: 7 },
      { url, why: 'the server answered 429', attempt: 3, attempts: 3 },
    ]);
    expect(told[1]?.waitSeconds).toBeGreaterThan(0);
  });

  it('is not asked for ever', async () => {
    answer = (_, response) => response.writeHead(503).end();
    expect((await failure(cacheIn(directory).fetch(entry()))).message).toContain('the server answered 503');
    expect(ranges).toHaveLength(3);
  });

  it('is not waited for when it wants an hour', async () => {
    answer = (_, response) => response.writeHead(503, { 'retry-after': '3600' }).end();
    expect((await failure(cacheIn(directory).fetch(entry()))).code).toBe('image.download-failed');
    expect(ranges).toHaveLength(1);
  });
});

/** Other bytes after the place that was asked for; honest only to who does not ask for a range. */
function mixed(etag: string): RequestListener {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? -1);
    if (from < 0) return response.end(bytes);
    response.setHeader('content-range', `bytes ${from}-${bytes.length - 1}/${bytes.length}`);
    return response.writeHead(206, { etag }).end(Buffer.alloc(bytes.length - from));
  };
}

function shifted(start: number, size: number): RequestListener {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? -1);
    if (from < 0) return response.end(bytes);
    const total = bytes.length + size;
    response.setHeader('content-range', `bytes ${from + start}-${total - 1}/${total}`);
    return response.writeHead(206, { etag: '"1"' }).end(bytes.subarray(from + start));
  };
}

type Facts = Record<string, unknown>;

async function rewriteFacts(change: (facts: Facts) => Facts): Promise<void> {
  const facts = JSON.parse(await readFile(`${part}.json`, 'utf8')) as Facts;
  await writeFile(`${part}.json`, JSON.stringify(change(facts)));
}

async function replaceByLink(): Promise<void> {
  const elsewhere = join(directory, 'elsewhere');
  await writeFile(elsewhere, await readFile(part));
  await rm(part);
  await symlink(elsewhere, part);
}
