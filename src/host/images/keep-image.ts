import { rm, stat } from 'node:fs/promises';
import type { RemoteImage, VendorImage } from '../../core/image/image-entry.ts';
import type { TrustLevel } from '../../core/plan/vm-plan.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { CachedImage, ImageEvidence, ImageWork } from '../../core/ports/image-cache.ts';
import { assertSafeBase } from '../disks/image-header.ts';
import type { ImageStore } from './image-store.ts';
import { unpack } from './unpack.ts';
import type { FindTool } from './unpack-source.ts';

export type KnownImage = RemoteImage & Partial<Pick<VendorImage, 'virtualSize'>>;

export interface KeepDependencies {
  readonly store: ImageStore;
  readonly clock: Clock;
  readonly findTool?: FindTool | undefined;
}

interface ReceivedFile {
  /** In the file system of the cache; it is moved away, unless it is packed. */
  readonly path: string;
  readonly url?: string;
  /** Digest of the disk, when what was received is the unpacked one of a packed image. */
  readonly unpackedDigest?: string;
}

/** Registers a file that has the digest of the entry, after it was unpacked and found to stand alone. */
export async function keepImage(
  entry: KnownImage,
  { path, url, unpackedDigest }: ReceivedFile,
  work: ImageWork,
  { store, clock, findTool }: KeepDependencies,
): Promise<CachedImage> {
  work.onProgress?.({ stage: 'verifying' });
  await work.beforeKeeping?.({ path, digest: entry.digest });
  const disk = `${path.replace(/\.part$/, '')}.disk`;
  const packed = entry.compression !== 'none' && unpackedDigest === undefined;
  try {
    const contentDigest = packed ? await unpackDisk(entry, path, disk, work, findTool) : unpackedDigest;
    const diskPath = packed ? disk : path;
    const { virtualSizeBytes } = await assertSafeBase(diskPath, entry.format);
    const image = await store.add({
      facts: {
        id: entry.id,
        arch: entry.arch,
        name: entry.name,
        digest: entry.digest,
        level: levelWithout(entry),
        format: entry.format,
        virtualSizeBytes,
        fetchedAt: new Date(clock.now()).toISOString(),
        ...(contentDigest === undefined ? {} : { contentDigest }),
        ...(url === undefined ? {} : { url }),
        ...(entry.releasedOn === undefined ? {} : { releasedOn: entry.releasedOn }),
      },
      disk: { path: diskPath, name: `disk.${entry.format}`, digest: contentDigest ?? entry.digest },
    });
    return { ...image, ...levelFor(entry, image) };
  } finally {
    await rm(disk, { force: true });
  }
}

async function unpackDisk(
  entry: KnownImage,
  packedPath: string,
  path: string,
  work: ImageWork,
  findTool: FindTool | undefined,
): Promise<string> {
  if (entry.compression === 'none') throw new Error(`${entry.id} is not packed`);
  await rm(path, { recursive: true, force: true });
  const total = entry.format === 'raw' ? (entry.virtualSize ?? undefined) : undefined;
  const { contentDigest } = await unpack({
    ...{ id: entry.id, compression: entry.compression, packedPath, path, findTool },
    contentDigest: entry.contentDigest,
    limitBytes: await unpackLimit(entry, packedPath),
    ...(work.signal === undefined ? {} : { signal: work.signal }),
    onBytes: (bytesDone) =>
      work.onProgress?.({ stage: 'unpacking', bytesDone, ...(total === undefined ? {} : { bytesTotal: total }) }),
  });
  return contentDigest;
}

const mib = 1024 ** 2;
const largestDiskBytes = 64 * 1024 ** 3;

/** A disk has no more bytes than it shows to a guest, except for tables; where that is not known, a ratio limits. */
async function unpackLimit({ virtualSize, format }: KnownImage, packedPath: string): Promise<number> {
  if (virtualSize !== null && virtualSize !== undefined)
    return format === 'raw' ? virtualSize : Math.ceil(virtualSize * 1.02) + 64 * mib;
  return Math.min(largestDiskBytes, (await stat(packedPath)).size * 200 + 256 * mib);
}

/** Without a signature that was checked here an entry is at most pinned, whatever the lock file says. */
function levelWithout({ provenance: { level } }: RemoteImage): TrustLevel {
  return level === 'signed' ? 'pinned' : level;
}

/** The signature that counts is one by the key that this very entry names. */
export function levelFor(
  entry: RemoteImage,
  { evidence }: Pick<CachedImage, 'evidence'>,
): { readonly level: TrustLevel; readonly evidence?: ImageEvidence } {
  const named = entry.provenance.signature;
  const signer = evidence?.signer;
  const counts =
    signer !== undefined && named?.key === signer.keyId && named.signingFingerprint === signer.signingFingerprint;
  const level = counts ? 'signed' : levelWithout(entry);
  if (evidence === undefined) return { level };
  const { signer: _, ...others } = evidence;
  return { level, evidence: { ...(counts ? evidence : others), level } };
}
