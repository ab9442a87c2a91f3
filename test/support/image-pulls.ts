import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect } from 'vitest';
import { SysmonvmError } from '../../src/core/errors/sysmonvm-error.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import { createImageCache, type ImageCacheDependencies } from '../../src/host/images/create-image-cache.ts';
import { createProcessRunner } from '../../src/host/process/process-runner.ts';
import { systemClock } from '../../src/host/process/system-clock.ts';
import { makeCertificate } from './image-server.ts';

const runner = createProcessRunner();
export const certificate = makeCertificate();

/** Pauses between tries are told, not waited for. */
const quickClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 20), signal),
};

export const cacheIn = (directory: string, change: Partial<ImageCacheDependencies> = {}) =>
  createImageCache({
    directory,
    runner,
    clock: quickClock,
    transport: { certificateAuthority: certificate.cert },
    ...change,
  });

export async function failure(work: Promise<unknown>): Promise<SysmonvmError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SysmonvmError) return error;
  throw new Error('did not fail as it should', { cause: error });
}

/** Plain files below a cache. */
async function filesIn(directory: string): Promise<readonly string[]> {
  const left = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return left
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** No image, no partial download, no lock. */
export const expectNothingLeft = async (directory: string): Promise<void> =>
  expect(await filesIn(directory)).toEqual([]);

/** What an interrupted download leaves, and no image. */
export async function expectOnlyPart(directory: string): Promise<void> {
  expect(await filesIn(directory)).toEqual([expect.stringMatching(/\.part$/), expect.stringMatching(/\.part\.json$/)]);
  expect(await filesIn(join(directory, 'by-digest'))).toEqual([]);
}

interface Serving {
  readonly etag?: string;
  readonly lastModified?: string;
  readonly contentLength?: boolean;
  /** Of the body, after which the connection ends as if all was said. */
  readonly cutAfter?: number;
}

/** As a usual web server: ETag, Range and If-Range. */
export function sendFile(
  bytes: Buffer,
  { etag, lastModified, contentLength = true, cutAfter = Number.POSITIVE_INFINITY }: Serving = {},
): RequestListener {
  return (request, response) => {
    if (etag !== undefined) response.setHeader('etag', etag);
    if (lastModified !== undefined) response.setHeader('last-modified', lastModified);
    const from = continuesAt(request, etag ?? lastModified);
    const body = bytes.subarray(from ?? 0);
    if (from !== undefined) response.setHeader('content-range', `bytes ${from}-${bytes.length - 1}/${bytes.length}`);
    if (contentLength) response.setHeader('content-length', body.length);
    response.writeHead(from === undefined ? 200 : 206);
    if (body.length <= cutAfter) response.end(body);
    else cutShort(response, body.subarray(0, cutAfter));
  };
}

export function cutShort(response: ServerResponse, body: Buffer): void {
  response.write(body, () => response.socket?.end());
}

export function continuesAt({ headers }: IncomingMessage, validator: string | undefined): number | undefined {
  const range = /^bytes=(\d+)-$/.exec(headers.range ?? '');
  return range !== null && headers['if-range'] === validator ? Number(range[1]) : undefined;
}

export const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
