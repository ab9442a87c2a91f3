import type { Dispatcher } from 'undici';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ImageProgress } from '../../core/ports/image-cache.ts';
import { type AttemptRequest, attemptDownload } from './download-attempt.ts';
import { BrokenTry, everyMirrorFailed } from './download-errors.ts';
import { createPartFile } from './download-part.ts';
import { createRateMeter } from './download-rate.ts';
import { createDispatcher, type TransportOptions } from './transport.ts';

export interface DownloadRequest extends Pick<AttemptRequest, 'id' | 'digest' | 'sizeBytes' | 'path' | 'signal'> {
  /** Of the same bytes; asked in turn. */
  readonly urls: readonly string[];
  /** Hosts beside those of `urls` that redirects may lead to; `*` for any. */
  readonly redirectHosts: readonly string[];
  readonly onProgress: (progress: ImageProgress) => void;
}

const attempts = 3;
const firstWaitSeconds = 1;
const longestWaitSeconds = 60;
/** Tries that bring this much are not counted: a long download may break many times. */
const worthwhileBytes = 64 * 1024;
const progressEveryMs = 100;

/**
 * Streams to the part file, digesting on the way. Every address has to give the very same bytes: a wrong digest at one
 * is told, and the next one is asked for the right digest. On return the bytes are the right ones and on disk.
 */
export async function download(
  wanted: DownloadRequest,
  transport: TransportOptions,
  clock: Clock,
): Promise<{ sizeBytes: number; url: string }> {
  const dispatcher = createDispatcher(transport);
  const failures: (SysmonvmError | BrokenTry)[] = [];
  const urls = await inTurn(wanted, clock);
  try {
    for (const [index, url] of urls.entries()) {
      const failure = await fromOneMirror(wanted, url, dispatcher, clock);
      if (!(failure instanceof Error)) return { ...failure, url };
      failures.push(failure);
      const following = urls[index + 1];
      if (following !== undefined)
        wanted.onProgress({
          ...{ stage: 'retrying', url: following, attempt: 1, attempts, waitSeconds: 0 },
          why: failure instanceof BrokenTry ? failure.why : failure.message,
        });
    }
  } finally {
    await dispatcher.destroy();
  }
  throw everyMirrorFailed(wanted.id, failures);
}

/** Where an earlier download came from is asked first, since it alone can go on. */
async function inTurn({ urls, path }: DownloadRequest, clock: Clock): Promise<readonly string[]> {
  const source = await createPartFile(path, clock).source();
  return source === undefined
    ? urls
    : [...urls.filter((url) => url === source), ...urls.filter((url) => url !== source)];
}

async function fromOneMirror(
  wanted: DownloadRequest,
  url: string,
  dispatcher: Dispatcher,
  clock: Clock,
): Promise<{ sizeBytes: number } | SysmonvmError | BrokenTry> {
  const { id, digest, sizeBytes, path, signal, onProgress } = wanted;
  let most = 0;
  let counted = 0;
  const tell = progressTeller(clock, onProgress);
  const request: AttemptRequest = {
    ...{ id, url, digest, path, mayAsk: allowedHosts(wanted) },
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(signal === undefined ? {} : { signal }),
    onBytes: (done, total, resumedFrom) => {
      most = Math.max(most, done);
      tell(done, total, resumedFrom);
    },
  };
  for (;;) {
    const before = most;
    counted += 1;
    try {
      return await attemptDownload(request, dispatcher, clock);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof BrokenTry)) {
        // Of this host, not of the mirror: a full disk is no reason to ask another one.
        if (error instanceof SysmonvmError && error.code.startsWith('image.')) return error;
        throw error;
      }
      if (before > 0 && most - before >= worthwhileBytes) counted = 1;
      const waitSeconds = error.retryAfterSeconds ?? backOff(counted);
      if (error.away || counted >= attempts || waitSeconds > longestWaitSeconds) return error;
      onProgress({ stage: 'retrying', url, why: error.why, attempt: counted + 1, attempts, waitSeconds });
      await clock.sleep(waitSeconds * 1000, signal);
    }
  }
}

/** Doubles each time; spread, so that many clients do not come back at the same moment. */
function backOff(failed: number): number {
  return firstWaitSeconds * 2 ** (failed - 1) * (0.5 + Math.random());
}

function allowedHosts({ urls, redirectHosts }: DownloadRequest): (host: string) => boolean {
  const hosts = new Set([...urls.map((url) => new URL(url).host), ...redirectHosts]);
  return (host) => hosts.has('*') || hosts.has(host);
}

function progressTeller(
  clock: Clock,
  onProgress: DownloadRequest['onProgress'],
): (done: number, total: number | undefined, resumedFrom: number) => void {
  const rate = createRateMeter(clock);
  let toldAt = Number.NEGATIVE_INFINITY;
  return (bytesDone, bytesTotal, resumedFrom) => {
    const now = clock.now();
    if (bytesDone !== bytesTotal && now - toldAt < progressEveryMs) return;
    toldAt = now;
    onProgress({
      stage: 'downloading',
      bytesDone,
      ...(bytesTotal === undefined ? {} : { bytesTotal }),
      ...rate(bytesDone, bytesTotal),
      ...(resumedFrom === 0 ? {} : { resumedFrom }),
    });
  };
}
