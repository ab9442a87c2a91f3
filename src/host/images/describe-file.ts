import { stat } from 'node:fs/promises';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { DescribedFile } from '../../core/ports/image-cache.ts';
import { assertSafeBase, fileFormat } from '../disks/image-header.ts';
import { fileDigest } from './file-digest.ts';

const packedFormats: Readonly<Record<string, 'gz' | 'xz' | 'zst'>> = { gzip: 'gz', xz: 'xz', zstd: 'zst' };

/** A file of the user's; it may be a link, since the user names it. */
export async function describeFile(path: string, signal?: AbortSignal): Promise<DescribedFile> {
  const info = await stat(path).catch((cause: unknown) => refuse(path, messageOf(cause), cause));
  if (!info.isFile()) refuse(path, 'it is no plain file');
  const found = await fileFormat(path);
  const compression = packedFormats[found] ?? 'none';
  const format = found === 'raw' ? 'raw' : 'qcow2';
  const facts = compression === 'none' ? ({ format, ...(await assertSafeBase(path, format)) } as const) : {};
  return { digest: await fileDigest(path, 'sha256', signal), sizeBytes: info.size, compression, ...facts };
}

function refuse(path: string, why: string, cause?: unknown): never {
  fail('image.unsafe-base', `${path} cannot be used as an image: ${why}.`, {
    details: { path },
    next: [`ls -ld ${path}`],
    cause,
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
