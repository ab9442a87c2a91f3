import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/ports/clock.ts';
import type { CachedImage } from '../../core/ports/image-cache.ts';
import { syncFile } from '../store/complete-file.ts';
import { isMissing } from '../store/file-errors.ts';
import { createTextFiles } from '../store/text-files.ts';
import { algorithmOf, type FileStamp, fileDigest, sameStamp, stampFile } from './file-digest.ts';
import { cachedImage, type ImageRecord, parseRecord } from './image-record.ts';

/**
 * by-digest/<algorithm>-<hex>/   disk.qcow2, vmlinuz, initrd (0444) and image.json, which is written last
 *
 * Nothing here takes a lock: callers that write hold the one of the digest.
 */
export type Inspection =
  | { readonly state: 'absent' }
  | { readonly state: 'good'; readonly image: CachedImage; readonly record: ImageRecord }
  | { readonly state: 'bad'; readonly path: string; readonly expected: string; readonly found: string };

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

export interface ImageStore {
  directoryOf(digest: string): string;
  inspect(digest: string, options?: { readonly verify?: boolean }): Promise<Inspection>;
  /** Moves the files in; they must lie in the same file system. */
  add(image: NewImage): Promise<CachedImage>;
  remove(digest: string): Promise<boolean>;
  list(): Promise<readonly CachedImage[]>;
}

export function createImageStore(directory: string, clock: Clock): ImageStore {
  const files = createTextFiles(clock);
  const root = join(directory, 'by-digest');
  const directoryOf = (digest: string): string => join(root, digest.replace(':', '-'));
  const recordPath = (digest: string): string => join(directoryOf(digest), 'image.json');
  const readRecord = async (digest: string) => parseRecord(await files.read(recordPath(digest)));
  const writeRecord = (record: ImageRecord) =>
    files.write(recordPath(record.digest), `${JSON.stringify(record, null, 2)}\n`, 0o644);

  return {
    directoryOf,
    async inspect(digest, { verify = false } = {}) {
      const record = await readRecord(digest);
      if (record === undefined) return { state: 'absent' };
      const fresh: Record<string, FileStamp> = {};
      for (const [role, stamp] of Object.entries(record.files)) {
        const path = join(directoryOf(digest), stamp.name);
        const now = await stampFile(path, stamp.name, stamp.digest).catch(missingAsUndefined);
        if (now === undefined) return { state: 'absent' };
        if (verify || !sameStamp(now, stamp)) {
          const found = await fileDigest(path, algorithmOf(stamp.digest));
          if (found !== stamp.digest) return { state: 'bad', path, expected: stamp.digest, found };
        }
        fresh[role] = now;
      }
      const current = { ...record, files: fresh as unknown as ImageRecord['files'] };
      if (JSON.stringify(current) !== JSON.stringify(record)) await writeRecord(current);
      return { state: 'good', image: cachedImage(current, directoryOf(digest)), record: current };
    },
    async add({ facts, disk, kernel, initrd }) {
      const target = directoryOf(facts.digest);
      await mkdir(target, { recursive: true, mode: 0o755 });
      const place = async ({ path, name, digest }: SourceFile): Promise<FileStamp> => {
        await chmod(path, 0o444);
        await syncFile(path);
        const known = digest ?? (await fileDigest(path, 'sha256'));
        await rename(path, join(target, name));
        return stampFile(join(target, name), name, known);
      };
      const record: ImageRecord = {
        schemaVersion: 1,
        ...facts,
        files: {
          disk: await place(disk),
          ...(kernel === undefined ? {} : { kernel: await place(kernel) }),
          ...(initrd === undefined ? {} : { initrd: await place(initrd) }),
        },
      };
      await writeRecord(record);
      return cachedImage(record, target);
    },
    async remove(digest) {
      const known = (await readRecord(digest)) !== undefined;
      await rm(recordPath(digest), { force: true });
      await rm(directoryOf(digest), { recursive: true, force: true });
      return known;
    },
    async list() {
      const names = (await readdir(root).catch(missingAsUndefined)) ?? [];
      const found = await Promise.all(names.sort().map((name) => readRecord(name.replace('-', ':'))));
      return found.flatMap((record) => (record === undefined ? [] : [cachedImage(record, directoryOf(record.digest))]));
    },
  };
}

function missingAsUndefined(error: unknown): undefined {
  if (isMissing(error)) return undefined;
  throw error;
}
