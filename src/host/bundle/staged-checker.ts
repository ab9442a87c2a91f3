import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type CheckerTarget, targetName } from '../../core/checker-install/checker-lock.ts';
import type { BuiltChecker } from '../../core/ports/checker-builder.ts';
import { sha256Of } from './file-hash.ts';

interface Stamp {
  readonly bytes: number;
  readonly mtimeMs: number;
}

/** `PATH.json`: what was made from what, and how both files looked when it was. */
interface StagedRecord {
  readonly schemaVersion: 1;
  readonly checker: BuiltChecker;
  /** What tells whether it would be made again from the same: digests and versions, joined. */
  readonly inputs: string;
  readonly stamps: { readonly executable: Stamp; readonly compressed: Stamp };
}

export const stagedPath = (staging: string, target: CheckerTarget): string =>
  join(staging, `serviceradar-sysmon-vm-${targetName(target)}`);

/** undefined: not there, of other inputs (when they are given), or not as we left it. */
export async function findStaged(path: string, inputs?: string): Promise<BuiltChecker | undefined> {
  try {
    const record = JSON.parse(await readFile(`${path}.json`, 'utf8')) as StagedRecord;
    if (record.schemaVersion !== 1 || (inputs !== undefined && record.inputs !== inputs)) return undefined;
    const same =
      (await isSame(path, record.stamps.executable)) && (await isSame(`${path}.gz`, record.stamps.compressed));
    return same ? record.checker : undefined;
  } catch {
    return undefined;
  }
}

interface Finished extends Pick<BuiltChecker, 'target' | 'from' | 'nodeVersion' | 'codeDigest'> {
  /** The executable, in a folder of the same file system. */
  readonly made: string;
  readonly inputs: string;
}

/** Compresses, renames into place and writes the record last: without it nothing counts as made. */
export async function stage(path: string, { made, inputs, ...about }: Finished): Promise<BuiltChecker> {
  await chmod(made, 0o755);
  await pipeline(createReadStream(made), createGzip({ level: 6 }), createWriteStream(`${made}.gz`));
  const digest = await sha256Of(made);
  await rename(made, path);
  await rename(`${made}.gz`, `${path}.gz`);
  const [executable, compressed] = [await stampOf(path), await stampOf(`${path}.gz`)];
  const checker: BuiltChecker = {
    ...about,
    path,
    digest,
    bytes: executable.bytes,
    compressed: { path: `${path}.gz`, bytes: compressed.bytes },
  };
  const record: StagedRecord = { schemaVersion: 1, checker, inputs, stamps: { executable, compressed } };
  await writeFile(`${made}.json`, `${JSON.stringify(record, null, 2)}\n`);
  await rename(`${made}.json`, `${path}.json`);
  return checker;
}

async function stampOf(path: string): Promise<Stamp> {
  const { size, mtimeMs } = await stat(path);
  return { bytes: size, mtimeMs };
}

async function isSame(path: string, { bytes, mtimeMs }: Stamp): Promise<boolean> {
  const now = await stampOf(path);
  return now.bytes === bytes && now.mtimeMs === mtimeMs;
}
