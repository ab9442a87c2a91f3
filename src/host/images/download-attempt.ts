import { dirname } from 'node:path';
import type { Dispatcher } from 'undici';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { freeBytes } from '../disks/free-bytes.ts';
import { noSpaceError } from '../disks/storage-errors.ts';
import { receiveBody } from './download-body.ts';
import { BrokenTry, cutShort, downloadFailed, notThere, wrongBytes } from './download-errors.ts';
import { createPartFile, type Part, type PartFile } from './download-part.ts';
import { algorithmOf } from './file-digest.ts';
import { networkFailure } from './transport.ts';
import { discard, safeRequest } from './transport-request.ts';

export interface AttemptRequest {
  readonly id: string;
  readonly url: string;
  readonly digest: string;
  /** Exact; a server that sends more is cut off. */
  readonly sizeBytes?: number;
  /** Of the part file; it stays after a failure that may pass. */
  readonly path: string;
  readonly mayAsk: (host: string) => boolean;
  readonly signal?: AbortSignal;
  readonly onBytes: (done: number, total: number | undefined, resumedFrom: number) => void;
}

/** For images whose size the lock file does not tell. */
const largestImageBytes = 8 * 1024 ** 3;
const passingStatus = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * One try at one address. On return the part file holds the right bytes, and they are on disk.
 * @throws BrokenTry when another try may help; anything else is final for this address
 */
export async function attemptDownload(
  wanted: AttemptRequest,
  dispatcher: Dispatcher,
  clock: Clock,
): Promise<{ sizeBytes: number }> {
  const partFile = createPartFile(wanted.path, clock);
  let receiving = false;
  try {
    const opened = await open(wanted, partFile, dispatcher);
    receiving = true;
    try {
      return await finish(wanted, opened, partFile);
    } finally {
      await opened.part.file.close();
    }
  } catch (error) {
    wanted.signal?.throwIfAborted();
    if (error instanceof BrokenTry) throw error;
    if (error instanceof SysmonvmError) {
      await partFile.remove();
      throw error;
    }
    throw networkError(error, wanted, receiving);
  }
}

function networkError(error: unknown, wanted: AttemptRequest, receiving: boolean): Error {
  const { why, away, passing, endedEarly } = networkFailure(error);
  const told = receiving && endedEarly ? cutShort(wanted, error) : downloadFailed(wanted, why, error);
  return passing ? new BrokenTry(told, why, { away }) : told;
}

interface Opened {
  readonly part: Part;
  /** undefined: nothing is missing. */
  readonly body?: AsyncIterable<Buffer>;
  readonly total: number | undefined;
  readonly resumed: boolean;
}

async function open(wanted: AttemptRequest, partFile: PartFile, dispatcher: Dispatcher): Promise<Opened> {
  const known = await partFile.resumable(wanted);
  if (known !== undefined) {
    const part = await partFile.goOn(wanted, wanted.signal);
    const opened = await continued(wanted, part, known, dispatcher).catch(async (error: unknown) => {
      await part.file.close();
      throw error;
    });
    if ('part' in opened) return opened;
    await part.file.close();
    if (opened.statusCode === 200) return { ...(await anew(wanted, partFile, opened)), resumed: false };
    await discard(opened);
  }
  const answer = await ask(wanted, dispatcher, {});
  return { ...(await anew(wanted, partFile, answer)), resumed: false };
}

/** An answer alone: it has to begin anew, since the server has another file, or cannot go on in the middle of one. */
async function continued(
  wanted: AttemptRequest,
  part: Part,
  { validator, sizeBytes }: { readonly validator: string | null; readonly sizeBytes: number | null },
  dispatcher: Dispatcher,
): Promise<Opened | Dispatcher.ResponseData> {
  const total = wanted.sizeBytes ?? sizeBytes ?? undefined;
  if (part.offset === total) return { part, total, resumed: true };
  const range = validator === null ? {} : { range: `bytes=${part.offset}-`, 'if-range': validator };
  const answer = await ask(wanted, dispatcher, range);
  const { statusCode, headers } = answer;
  const matched = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(String(headers['content-range'] ?? ''));
  const [, from, to, of] = (matched ?? []).map(Number);
  const fits =
    statusCode === 206 &&
    from === part.offset &&
    of !== undefined &&
    to === of - 1 &&
    (total === undefined || of === total) &&
    [validator, undefined].includes(validatorOf(headers));
  return fits ? { part, body: answer.body, total: of, resumed: true } : answer;
}

async function anew(
  wanted: AttemptRequest,
  partFile: PartFile,
  { statusCode, headers, body }: Dispatcher.ResponseData,
): Promise<Omit<Opened, 'resumed'>> {
  const refuse = async (error: SysmonvmError): Promise<never> => {
    await discard({ body });
    throw error;
  };
  if (statusCode !== 200) return refuse(downloadFailed(wanted, `the server answered ${statusCode}`));
  const { sizeBytes } = wanted;
  const length = Number(headers['content-length'] ?? Number.NaN);
  const announced = Number.isSafeInteger(length) ? length : undefined;
  if (sizeBytes !== undefined && announced !== undefined && announced !== sizeBytes)
    return refuse(
      wrongBytes('image.size-mismatch', wanted, `${announced} bytes are announced instead of ${sizeBytes}`),
    );
  if (sizeBytes === undefined && announced !== undefined && announced > largestImageBytes)
    return refuse(wrongBytes('image.too-large', wanted, `${announced} bytes are more than any image has`));
  const total = sizeBytes ?? announced;
  await partFile.remove();
  if (total !== undefined) await assertRoom(wanted, total);
  const facts = {
    url: wanted.url,
    digest: wanted.digest,
    sizeBytes: total ?? null,
    validator: validatorOf(headers) ?? null,
  };
  return { part: await partFile.startAnew(facts), body, total };
}

async function ask(
  wanted: AttemptRequest,
  dispatcher: Dispatcher,
  headers: Readonly<Record<string, string>>,
): Promise<Dispatcher.ResponseData> {
  const { id, url, mayAsk, signal } = wanted;
  const what = `The image ${id}`;
  const answer = await safeRequest(
    { what, url, mayAsk, headers, ...(signal === undefined ? {} : { signal }) },
    dispatcher,
  );
  const { statusCode } = answer;
  if (statusCode === 404 || statusCode === 410) {
    await discard(answer);
    throw notThere(wanted, statusCode);
  }
  if (passingStatus.has(statusCode)) {
    await discard(answer);
    const why = `the server answered ${statusCode}`;
    throw new BrokenTry(downloadFailed(wanted, why), why, { retryAfterSeconds: retryAfter(answer.headers) });
  }
  return answer;
}

async function finish(
  wanted: AttemptRequest,
  { part, body, total, resumed }: Opened,
  partFile: PartFile,
): Promise<{ sizeBytes: number }> {
  const { id, digest, sizeBytes, path, onBytes } = wanted;
  const limitBytes = sizeBytes ?? largestImageBytes;
  const resumedFrom = resumed ? part.offset : 0;
  onBytes(part.offset, total, resumedFrom);
  const done =
    body === undefined
      ? part.offset
      : await receiveBody(part, body, {
          path,
          what: `the image ${id}`,
          total,
          limitBytes,
          onBytes: (bytes) => onBytes(bytes, total, resumedFrom),
          onTooMany: () => {
            const code = sizeBytes === undefined ? 'image.too-large' : 'image.size-mismatch';
            throw wrongBytes(code, wanted, `the server sends more than ${limitBytes} bytes`);
          },
        });
  const short = sizeBytes !== undefined && done !== sizeBytes;
  const found = `${algorithmOf(digest)}:${part.hash.digest('hex')}`;
  if (!short && found === digest) {
    onBytes(done, done, resumedFrom);
    return { sizeBytes: done };
  }
  const error = short
    ? wrongBytes('image.size-mismatch', wanted, `${done} bytes came instead of ${sizeBytes}`)
    : wrongBytes('image.digest-mismatch', wanted, `its digest is ${found}`, { found });
  if (!resumed) throw error;
  // What was there before may be to blame: once more, without it.
  await partFile.remove();
  throw new BrokenTry(error, 'continued, it is not the right file', { retryAfterSeconds: 0 });
}

async function assertRoom({ id, path }: AttemptRequest, neededBytes: number): Promise<void> {
  const directory = dirname(path);
  if ((await freeBytes(directory)) < neededBytes)
    throw await noSpaceError(undefined, { what: `the image ${id}`, directory, neededBytes });
}

/** A strong ETag, or else the time of the last change; without either nothing can be continued. */
function validatorOf(headers: Dispatcher.ResponseData['headers']): string | undefined {
  const { etag, 'last-modified': changed } = headers;
  if (typeof etag === 'string' && /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(etag)) return etag;
  return typeof changed === 'string' ? changed : undefined;
}

function retryAfter(headers: Dispatcher.ResponseData['headers']): number | undefined {
  const told = headers['retry-after'];
  if (typeof told !== 'string' || told === '') return undefined;
  const seconds = /^\d+$/.test(told) ? Number(told) : (Date.parse(told) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
