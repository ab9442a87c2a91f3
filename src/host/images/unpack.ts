import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { freeBytes } from '../disks/free-bytes.ts';
import { noSpaceError } from '../disks/storage-errors.ts';
import { receiveBody } from './download-body.ts';
import { algorithmOf } from './file-digest.ts';
import { openPacked, type PackedFile, type UnpackSource } from './unpack-source.ts';

/** The digest of the packed file is right already. */
export interface UnpackRequest extends PackedFile {
  /** Does not exist yet; nothing is left of it after a failure. */
  readonly path: string;
  /** Counted on what comes out, whatever the file claims. */
  readonly limitBytes: number;
  readonly contentDigest?: string | null | undefined;
  readonly onBytes: (done: number) => void;
}

/** What stays free on the disk, so that nobody else is hurt by an image. */
const reserveBytes = 64 * 1024 ** 2;

/**
 * Returns the digest of what came out.
 * @throws image.size-mismatch, image.digest-mismatch, image.unsafe-base, host.no-space, host.tool-missing
 */
export async function unpack(wanted: UnpackRequest): Promise<{ contentDigest: string }> {
  const source = await openPacked(wanted);
  try {
    return await write(wanted, source);
  } catch (error) {
    await rm(wanted.path, { force: true });
    wanted.signal?.throwIfAborted();
    // The file's own fault explains an output that broke off.
    if (!(error instanceof SysmonvmError)) await source.finished();
    throw error;
  } finally {
    source.stop();
  }
}

async function write(wanted: UnpackRequest, source: UnpackSource): Promise<{ contentDigest: string }> {
  const { id, path, limitBytes, contentDigest, onBytes } = wanted;
  const algorithm = algorithmOf(contentDigest ?? '');
  const hash = createHash(algorithm);
  const directory = dirname(path);
  const room = Math.max(0, (await freeBytes(directory)) - reserveBytes);
  const file = await open(path, 'wx', 0o600);
  try {
    await receiveBody({ file, offset: 0, hash }, withinRoom(source.output, room, id, directory), {
      ...{ path, what: `the unpacked image ${id}`, total: undefined, limitBytes, onBytes },
      onTooMany: () => tooMuch(wanted),
    });
  } finally {
    await file.close();
  }
  await source.finished();
  const found = `${algorithm}:${hash.digest('hex')}`;
  if (contentDigest !== undefined && contentDigest !== null && found !== contentDigest)
    wrongContent(id, contentDigest, found);
  return { contentDigest: found };
}

/** Ends before the disk is full. */
async function* withinRoom(
  output: AsyncIterable<Buffer>,
  room: number,
  id: string,
  directory: string,
): AsyncGenerator<Buffer> {
  let done = 0;
  for await (const chunk of output) {
    done += chunk.length;
    if (done > room) throw await noSpaceError(undefined, { what: `the unpacked image ${id}`, directory });
    yield chunk;
  }
}

function tooMuch({ id, limitBytes, compression }: UnpackRequest): never {
  fail(
    'image.size-mismatch',
    `The image ${id} unpacks to more than the ${limitBytes} bytes that it may have. It was discarded.`,
    { details: { id, limitBytes, compression }, next: [`sysmonvm image show ${id}`] },
  );
}

function wrongContent(id: string, expected: string, found: string): never {
  fail(
    'image.digest-mismatch',
    `What ${id} unpacks to is not the image of the lock file (${expected}): its digest is ${found}. It was discarded.`,
    { details: { id, expected, found }, next: [`sysmonvm image show ${id}`] },
  );
}
