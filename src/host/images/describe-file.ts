import { stat } from 'node:fs/promises';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { DescribedFile } from '../../core/ports/image-cache.ts';
import { assertSafeBase, fileFormat } from '../disks/image-header.ts';
import { fileDigest } from './file-digest.ts';

const packedFormats: Readonly<Record<string, 'gz' | 'xz' | 'zst'>> = { gzip: 'gz', xz: 'xz', zstd: 'zst' };

/** A file of the user's; it may be a link, since the user names it. */
export async function describeFile(path: string, signal?: AbortSignal): Promise<DescribedFile> {
  const found = await fileFormat(path);
  const info = await stat(path);
  if (!info.isFile())
    fail('image.unsafe-base', `${path} is no plain file.`, { details: { path }, next: [`ls -ld ${path}`] });
  const compression = packedFormats[found] ?? 'none';
  const format = found === 'raw' ? 'raw' : 'qcow2';
  const facts = compression === 'none' ? ({ format, ...(await assertSafeBase(path, format)) } as const) : {};
  return { digest: await fileDigest(path, 'sha256', signal), sizeBytes: info.size, compression, ...facts };
}
