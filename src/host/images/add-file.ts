import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { CachedImage, ImageWork } from '../../core/ports/image-cache.ts';
import { freeBytes } from '../disks/free-bytes.ts';
import { noSpaceError } from '../disks/storage-errors.ts';
import { receiveBody } from './download-body.ts';
import { preparePart, removePart } from './fetch-vendor-image.ts';
import { algorithmOf } from './file-digest.ts';
import { type KeepDependencies, type KnownImage, keepImage } from './keep-image.ts';

export interface AddDependencies extends KeepDependencies {
  readonly directory: string;
}

interface LocalSource {
  readonly path: string;
  /** Of this very file. */
  readonly digest: string;
  readonly sizeBytes?: number;
  /** It is the disk of an image whose digest is that of a packed file. */
  readonly unpacked: boolean;
  /** The user may name a link; inside a directory from elsewhere it leads who knows where. */
  readonly followLinks: boolean;
}

/** Copies and registers; the caller holds the lock of the digest. */
export async function addFile(
  entry: KnownImage,
  source: LocalSource,
  work: ImageWork,
  deps: AddDependencies,
): Promise<CachedImage> {
  const part = await preparePart(deps.directory, entry.digest);
  await removePart(part);
  try {
    await copyChecked(entry.id, source, part, work);
    const { digest, unpacked } = source;
    return await keepImage(entry, { path: part, ...(unpacked ? { unpackedDigest: digest } : {}) }, work, deps);
  } finally {
    await removePart(part);
  }
}

async function copyChecked(id: string, source: LocalSource, target: string, work: ImageWork): Promise<void> {
  const { path, digest, sizeBytes, followLinks } = source;
  const input = await open(
    path,
    constants.O_RDONLY | constants.O_NONBLOCK | (followLinks ? 0 : constants.O_NOFOLLOW),
  ).catch((error: unknown) => unreadable(id, path, error));
  try {
    const info = await input.stat();
    if (!info.isFile()) unreadable(id, path, new Error('it is no plain file'));
    if (sizeBytes !== undefined && info.size !== sizeBytes)
      wrongFile('image.size-mismatch', id, source, `it has ${info.size} bytes instead of ${sizeBytes}`);
    const room = await freeBytes(dirname(target));
    if (room < info.size)
      throw await noSpaceError(undefined, {
        what: `the image ${id}`,
        directory: dirname(target),
        neededBytes: info.size,
      });
    const hash = createHash(algorithmOf(digest));
    const file = await open(target, 'wx', 0o600);
    try {
      const { signal } = work;
      const body = createReadStream(path, {
        ...{ fd: input, autoClose: false, start: 0, highWaterMark: 1024 * 1024 },
        ...(signal === undefined ? {} : { signal }),
      });
      await receiveBody({ file, offset: 0, hash }, body, {
        ...{ path: target, what: `the image ${id}`, total: info.size, limitBytes: info.size },
        onBytes: (bytesDone) => work.onProgress?.({ stage: 'downloading', bytesDone, bytesTotal: info.size }),
        onTooMany: () => wrongFile('image.size-mismatch', id, source, 'it grows while it is read'),
      });
    } finally {
      await file.close();
    }
    const found = `${algorithmOf(digest)}:${hash.digest('hex')}`;
    if (found !== digest) wrongFile('image.digest-mismatch', id, source, `its digest is ${found}`);
  } finally {
    await input.close();
  }
}

function wrongFile(
  code: 'image.digest-mismatch' | 'image.size-mismatch',
  id: string,
  { path, digest }: LocalSource,
  why: string,
): never {
  fail(code, `${path} is not the image ${id} (${digest}): ${why}. It was not taken.`, {
    details: { id, path, expected: digest, why },
    next: [`sha256sum ${path}`, `sysmonvm image show ${id}`],
  });
}

function unreadable(id: string, path: string, cause: unknown): never {
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new SysmonvmError('image.unsafe-base', `The image ${id} cannot be read from ${path}: ${why}.`, {
    details: { id, path },
    next: [`ls -l ${path}`],
    cause,
  });
}
