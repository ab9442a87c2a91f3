import { createHash, type Hash } from 'node:crypto';
import { constants, lstatSync, readFileSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { Clock } from '../../core/ports/clock.ts';
import { isMissing } from '../store/file-errors.ts';
import { createTextFiles } from '../store/text-files.ts';
import { algorithmOf, readInto } from './file-digest.ts';

/**
 * An unfinished download: the bytes so far, and beside them (PATH.json) what they are the beginning of. Bytes without
 * these facts, or with others, are worth nothing.
 */
interface PartFacts {
  readonly url: string;
  /** For If-Range: a strong ETag, or else the time of the last change. Without either only a whole file is of use. */
  readonly validator: string | null;
  /** As the lock file expects it. */
  readonly digest: string;
  readonly sizeBytes: number | null;
}

export interface Part {
  readonly file: FileHandle;
  readonly offset: number;
  /** Has read `offset` bytes. */
  readonly hash: Hash;
}

export interface PartFile {
  /** Where the bytes are from, if there are any. */
  source(): Promise<string | undefined>;
  /** Bytes that a server may be asked to continue, and how to ask; undefined: there is nothing to go on with. */
  resumable(wanted: Pick<PartFacts, 'url' | 'digest'>): Promise<(PartFacts & { readonly offset: number }) | undefined>;
  /** Reads what is there again, and appends. */
  goOn(facts: Pick<PartFacts, 'digest'>, signal?: AbortSignal): Promise<Part>;
  startAnew(facts: PartFacts): Promise<Part>;
  remove(): Promise<void>;
}

export const sidecarOf = (path: string): string => `${path}.json`;

/** The caller holds the lock of the digest. */
export function createPartFile(path: string, clock: Clock): PartFile {
  const files = createTextFiles(clock);
  const remove = async (): Promise<void> => {
    await rm(path, { force: true, recursive: true });
    await rm(sidecarOf(path), { force: true, recursive: true });
  };
  return {
    remove,
    source: async () => (plainSize(path) === 0 ? undefined : parseFacts(await files.read(sidecarOf(path)))?.url),
    async resumable({ url, digest }) {
      const facts = parseFacts(await files.read(sidecarOf(path)));
      const offset = plainSize(path);
      if (facts === undefined || offset === 0 || facts.url !== url || facts.digest !== digest) return undefined;
      if (facts.validator === null && offset !== facts.sizeBytes) return undefined;
      return facts.sizeBytes !== null && offset > facts.sizeBytes ? undefined : { ...facts, offset };
    },
    async goOn({ digest }, signal) {
      const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
      try {
        const hash = createHash(algorithmOf(digest));
        const offset = await readInto(hash, file, signal);
        return { file, offset, hash };
      } catch (error) {
        await file.close();
        throw error;
      }
    },
    async startAnew(facts) {
      await remove();
      await files.write(sidecarOf(path), `${JSON.stringify({ schemaVersion: 1, ...facts })}\n`, 0o600);
      return { file: await open(path, 'wx', 0o600), offset: 0, hash: createHash(algorithmOf(facts.digest)) };
    },
  };
}

/** 0 for what is not a file of ours alone: a link that somebody put there is not followed. */
function plainSize(path: string): number {
  try {
    const found = lstatSync(path);
    return found.isFile() && found.nlink === 1 ? found.size : 0;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

function parseFacts(text: string | undefined): PartFacts | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as (Partial<PartFacts> & { readonly schemaVersion?: unknown }) | null;
    if (value?.schemaVersion !== 1) return undefined;
    const { url = '', validator = null, digest = '', sizeBytes = null } = value;
    return { url, validator, digest, sizeBytes };
  } catch {
    return undefined;
  }
}

export const partName = (digest: string): string => `${digest.replace(':', '-')}.part`;

/** How far a download of another process has come. */
export function partAmount(path: string): { readonly bytesDone?: number; readonly bytesTotal?: number } {
  const bytesDone = plainSize(path);
  if (bytesDone === 0) return {};
  const total = parseFacts(readIfThere(sidecarOf(path)))?.sizeBytes ?? undefined;
  return { bytesDone, ...(total === undefined ? {} : { bytesTotal: total }) };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
