import { chmod, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/ports/clock.ts';
import type { CachedImage, KeptEvidence } from '../../core/ports/image-cache.ts';
import { syncFile } from '../store/complete-file.ts';
import { isMissing } from '../store/file-errors.ts';
import { createTextFiles } from '../store/text-files.ts';
import { hasEvidence, readEvidence, readEvidenceNote, writeEvidence } from './evidence.ts';
import { algorithmOf, type FileStamp, fileDigest, lookAt, sameStamp } from './file-digest.ts';
import { cachedImage, type ImageRecord, parseRecord } from './image-record.ts';

/**
 * by-digest/<algorithm>-<hex>/   disk.qcow2, vmlinuz, initrd (0444), evidence/, and image.json, which is written last
 *
 * Nothing here takes a lock: callers that write hold the one of the digest.
 */
export type Inspection =
  | { readonly state: 'absent' }
  | { readonly state: 'good'; readonly image: CachedImage; readonly record: ImageRecord }
  | BadImage;

export type BadImage =
  | { readonly state: 'changed'; readonly path: string; readonly expected: string; readonly found: string }
  /** Not a file of ours alone: whoever holds the other name may change it after any check. */
  | { readonly state: 'planted'; readonly path: string; readonly what: string };

interface SourceFile {
  readonly path: string;
  readonly name: string;
  /** Computed when it is not known yet. */
  readonly digest?: string;
}

interface NewImage {
  readonly facts: Omit<ImageRecord, 'schemaVersion' | 'files'>;
  readonly disk: SourceFile;
  readonly kernel?: SourceFile;
  readonly initrd?: SourceFile;
}

export interface InspectOptions {
  readonly verify?: boolean;
  readonly signal?: AbortSignal;
}

export interface ImageStore {
  inspect(digest: string, options?: InspectOptions): Promise<Inspection>;
  /** Moves the files in; they must lie in the same file system. */
  add(image: NewImage): Promise<CachedImage>;
  /** A bad image; what vouches for the right one stays. */
  discard(digest: string): Promise<void>;
  remove(digest: string): Promise<boolean>;
  list(): Promise<readonly CachedImage[]>;
  keepEvidence(digest: string, evidence: KeptEvidence): Promise<void>;
  readEvidence(digest: string): Promise<KeptEvidence | undefined>;
}

export function createImageStore(directory: string, clock: Clock): ImageStore {
  const files = createTextFiles(clock);
  const root = join(directory, 'by-digest');
  const directoryOf = (digest: string): string => join(root, digest.replace(':', '-'));
  const recordPath = (digest: string): string => join(directoryOf(digest), 'image.json');
  const evidenceOf = (digest: string): string => join(directoryOf(digest), 'evidence');
  const readRecord = async (digest: string) => parseRecord(await files.read(recordPath(digest)), digest);
  const writeRecord = (record: ImageRecord) =>
    files.write(recordPath(record.digest), `${JSON.stringify(record, null, 2)}\n`, 0o644);
  const asCached = async (record: ImageRecord): Promise<CachedImage> =>
    cachedImage(record, directoryOf(record.digest), await readEvidenceNote(evidenceOf(record.digest), record.digest));

  async function discard(digest: string): Promise<void> {
    const target = directoryOf(digest);
    if (await isLink(target)) return rm(target);
    await rm(recordPath(digest), { force: true });
    for (const name of (await readdir(target).catch(missingAsUndefined)) ?? [])
      if (name !== 'evidence') await rm(join(target, name), { recursive: true, force: true });
    if (!(await hasEvidence(evidenceOf(digest)))) await rm(target, { recursive: true, force: true });
  }

  return {
    discard,
    async inspect(digest, options = {}) {
      const target = directoryOf(digest);
      if (await isLink(target)) return { state: 'planted', path: target, what: 'a symbolic link' };
      const record = await readRecord(digest);
      if (record === undefined) return { state: 'absent' };
      const fresh: Record<string, FileStamp> = {};
      for (const [role, stamp] of Object.entries(record.files)) {
        const checked = await checkFile(join(target, stamp.name), stamp, options);
        if (checked.state !== 'good') return checked;
        fresh[role] = checked.stamp;
      }
      const current = { ...record, files: fresh as unknown as ImageRecord['files'] };
      if (JSON.stringify(current) !== JSON.stringify(record)) await writeRecord(current);
      return { state: 'good', image: await asCached(current), record: current };
    },
    async add({ facts, disk, kernel, initrd }) {
      const target = directoryOf(facts.digest);
      if (await isLink(target)) await rm(target);
      await mkdir(target, { recursive: true, mode: 0o755 });
      // Unfinished files of a process that was killed.
      for (const name of await readdir(target)) if (name.startsWith('.')) await rm(join(target, name), { force: true });
      const place = async ({ path, name, digest }: SourceFile): Promise<FileStamp> => {
        await chmod(path, 0o444);
        await syncFile(path);
        const known = digest ?? (await fileDigest(path, 'sha256'));
        await rename(path, join(target, name));
        return (await lookAt(join(target, name), name, known)).stamp;
      };
      const placeAll = async (): Promise<ImageRecord> => ({
        schemaVersion: 1,
        ...facts,
        files: {
          disk: await place(disk),
          ...(kernel === undefined ? {} : { kernel: await place(kernel) }),
          ...(initrd === undefined ? {} : { initrd: await place(initrd) }),
        },
      });
      try {
        const record = await placeAll();
        await writeRecord(record);
        return await asCached(record);
      } catch (error) {
        // Without a record the files are of no use, and on a full disk they are in the way.
        await discard(facts.digest);
        throw error;
      }
    },
    async remove(digest) {
      const known = (await readRecord(digest)) !== undefined;
      await discard(digest);
      await rm(directoryOf(digest), { recursive: true, force: true });
      return known;
    },
    async list() {
      const names = (await readdir(root).catch(missingAsUndefined)) ?? [];
      const found = await Promise.all(names.sort().map((name) => readRecord(name.replace('-', ':'))));
      return Promise.all(found.flatMap((record) => (record === undefined ? [] : [asCached(record)])));
    },
    keepEvidence: (digest, evidence) => writeEvidence(evidenceOf(digest), digest, evidence),
    readEvidence: (digest) => readEvidence(evidenceOf(digest), digest),
  };
}

async function checkFile(
  path: string,
  stamp: FileStamp,
  { verify = false, signal }: InspectOptions,
): Promise<BadImage | { readonly state: 'absent' } | { readonly state: 'good'; readonly stamp: FileStamp }> {
  const now = await lookAt(path, stamp.name, stamp.digest).catch(missingAsUndefined);
  if (now === undefined) return { state: 'absent' };
  if (now.refusal !== undefined) return { state: 'planted', path, what: now.refusal };
  if (verify || now.writable || !sameStamp(now.stamp, stamp)) {
    // Sealed first: nobody opens it for writing while it is read.
    if (now.writable) await chmod(path, 0o444);
    const found = await fileDigest(path, algorithmOf(stamp.digest), signal);
    if (found !== stamp.digest) return { state: 'changed', path, expected: stamp.digest, found };
  }
  return { state: 'good', stamp: now.stamp };
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(missingAsUndefined))?.isSymbolicLink() ?? false;
}

function missingAsUndefined(error: unknown): undefined {
  if (isMissing(error)) return undefined;
  throw error;
}
