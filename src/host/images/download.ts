import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Dispatcher, request } from 'undici';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { freeBytes } from '../disks/free-bytes.ts';
import { noSpaceError, storageError } from '../disks/storage-errors.ts';
import { algorithmOf } from './file-digest.ts';
import {
  createDispatcher,
  downloadFailed,
  maxRedirects,
  networkReason,
  refusalOf,
  type TransportOptions,
} from './transport.ts';

export interface DownloadRequest {
  readonly id: string;
  readonly url: string;
  readonly digest: string;
  /** Exact; a server that sends more is cut off. */
  readonly sizeBytes?: number;
  /** Does not exist yet; the caller removes it after a failure. */
  readonly path: string;
  readonly signal?: AbortSignal;
  readonly onBytes: (done: number, total: number | undefined) => void;
}

/** For images whose size the lock file does not tell. */
const largestImageBytes = 64 * 1024 ** 3;
const progressEveryMs = 100;

/** Streams to the file, digesting on the way; on return the bytes are the right ones and on disk. */
export async function download(
  wanted: DownloadRequest,
  transport: TransportOptions,
  clock: Clock,
): Promise<{ sizeBytes: number }> {
  const dispatcher = createDispatcher(transport);
  try {
    const { body, total } = await openBody(wanted, dispatcher, transport);
    return await receive(wanted, body, total, clock);
  } catch (error) {
    wanted.signal?.throwIfAborted();
    throw error instanceof SysmonvmError ? error : downloadFailed(wanted.id, wanted.url, networkReason(error), error);
  } finally {
    await dispatcher.destroy();
  }
}

async function openBody(
  { id, url, sizeBytes, path, signal }: DownloadRequest,
  dispatcher: Dispatcher,
  transport: TransportOptions,
) {
  let at = new URL(url);
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const refusal = refusalOf(at, transport);
    if (refusal !== undefined)
      throw downloadFailed(id, url, hop === 0 ? refusal : `it redirects to ${at.href}, and ${refusal}`);
    const { statusCode, headers, body } = await request(at, {
      dispatcher,
      headers: { 'accept-encoding': 'identity', 'user-agent': 'sysmonvm' },
      ...(signal === undefined ? {} : { signal }),
    });
    if (statusCode >= 300 && statusCode < 400 && typeof headers['location'] === 'string') {
      await body.dump();
      const next = new URL(headers['location'], at);
      if (at.protocol === 'https:' && next.protocol !== 'https:') {
        throw downloadFailed(id, url, `it redirects from https to ${next.protocol}//${next.host}`);
      }
      at = next;
      continue;
    }
    if (statusCode !== 200) {
      await body.dump();
      throw downloadFailed(id, url, `the server answered ${statusCode}`);
    }
    const length = Number(headers['content-length']);
    const total = sizeBytes ?? (Number.isSafeInteger(length) ? length : undefined);
    if (total !== undefined) await assertRoom(id, dirname(path), total);
    return { body, total };
  }
  throw downloadFailed(id, url, `it redirects more than ${maxRedirects} times`);
}

async function assertRoom(id: string, directory: string, neededBytes: number): Promise<void> {
  if ((await freeBytes(directory)) < neededBytes) {
    throw await noSpaceError(undefined, { what: `the image ${id}`, directory, neededBytes });
  }
}

async function receive(
  wanted: DownloadRequest,
  body: AsyncIterable<Buffer>,
  total: number | undefined,
  clock: Clock,
): Promise<{ sizeBytes: number }> {
  const { path, digest, sizeBytes, onBytes } = wanted;
  const hash = createHash(algorithmOf(digest));
  const limit = sizeBytes ?? largestImageBytes;
  let done = 0;
  let reportedAt = Number.NEGATIVE_INFINITY;
  const context = {
    what: `the image ${wanted.id}`,
    directory: dirname(path),
    ...(total === undefined ? {} : { neededBytes: total }),
  };
  const written = async (write: () => Promise<unknown>): Promise<void> => {
    await write().catch(async (error: unknown) => {
      throw await storageError(error, context);
    });
  };
  const file = await open(path, 'wx', 0o600).catch(async (error: unknown) => {
    throw await storageError(error, context);
  });
  try {
    for await (const chunk of body) {
      done += chunk.length;
      if (done > limit)
        throw mismatch(wanted, `the server sends more than the ${limit} bytes that the lock file names`);
      hash.update(chunk);
      await written(() => file.writeFile(chunk));
      if (clock.now() - reportedAt >= progressEveryMs) {
        reportedAt = clock.now();
        onBytes(done, total);
      }
    }
    if (sizeBytes !== undefined && done !== sizeBytes)
      throw mismatch(wanted, `${done} bytes came instead of ${sizeBytes}`);
    const found = `${algorithmOf(digest)}:${hash.digest('hex')}`;
    if (found !== digest) throw mismatch(wanted, `its digest is ${found}`, found);
    await written(() => file.sync());
    onBytes(done, done);
    return { sizeBytes: done };
  } finally {
    await file.close();
  }
}

function mismatch({ id, url, digest }: DownloadRequest, why: string, found?: string): SysmonvmError {
  return new SysmonvmError(
    'image.digest-mismatch',
    `What ${url} sent is not the image ${id} of the lock file (${digest}): ${why}. It was discarded.`,
    {
      details: { id, url, expected: digest, ...(found === undefined ? {} : { found }) },
      next: [`sysmonvm fetch-image --image ${id} --force`, 'sysmonvm vm-create --image debian-12'],
    },
  );
}
