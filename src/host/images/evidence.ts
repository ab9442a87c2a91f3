import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageEvidence, KeptEvidence } from '../../core/ports/image-cache.ts';
import type { SignedBy } from '../../core/ports/signatures.ts';
import { completeFile } from '../store/complete-file.ts';
import { fileError, isMissing } from '../store/file-errors.ts';

/**
 * evidence/   checksums, signature: the vendor's files as they were checked; evidence.json: by whom, when
 *
 * The files are proof for anybody who checks them again; evidence.json is a note of ours and proves nothing.
 */
interface EvidenceNote {
  readonly schemaVersion: 1;
  readonly digest: string;
  readonly signer?: SignedBy;
  readonly verifiedAt?: string;
  readonly verifiedWith?: string;
}

const names = { checksums: 'checksums', signature: 'signature', note: 'evidence.json' } as const;

export async function writeEvidence(directory: string, digest: string, evidence: KeptEvidence): Promise<void> {
  const { checksums, signature, ...facts } = evidence;
  const note: EvidenceNote = { schemaVersion: 1, digest, ...facts };
  const doing = (error: unknown): never => {
    throw fileError(error, directory, 'keeping the evidence of an image');
  };
  // The note goes first and comes last: it never speaks of files that are not these.
  await rm(directory, { recursive: true, force: true }).catch(doing);
  await mkdir(directory, { recursive: true, mode: 0o755 }).catch(doing);
  const contents: readonly (readonly [string, Uint8Array | undefined])[] = [
    [names.checksums, checksums],
    [names.signature, signature],
    [names.note, Buffer.from(`${JSON.stringify(note, null, 2)}\n`)],
  ];
  for (const [name, content] of contents)
    if (content !== undefined)
      await completeFile(join(directory, name), 0o444, (path) => writeFile(path, content, { flag: 'wx' })).catch(doing);
}

export async function readEvidence(directory: string, digest: string): Promise<KeptEvidence | undefined> {
  const note = parseNote(await contentOf(join(directory, names.note)), digest);
  if (note === undefined) return undefined;
  const checksums = await contentOf(join(directory, names.checksums));
  const signature = await contentOf(join(directory, names.signature));
  const { schemaVersion: _, digest: __, ...facts } = note;
  return {
    ...facts,
    ...(checksums === undefined ? {} : { checksums }),
    ...(signature === undefined ? {} : { signature }),
  };
}

/** Without the files themselves. */
export async function readEvidenceNote(
  directory: string,
  digest: string,
): Promise<Omit<ImageEvidence, 'level'> | undefined> {
  const note = parseNote(await contentOf(join(directory, names.note)), digest);
  if (note === undefined) return undefined;
  const { schemaVersion: _, digest: __, ...facts } = note;
  return facts;
}

export async function hasEvidence(directory: string): Promise<boolean> {
  return (await readdir(directory).catch(() => [])).length > 0;
}

async function contentOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fileError(error, path, 'reading the evidence of an image');
  }
}

function parseNote(content: Buffer | undefined, digest: string): EvidenceNote | undefined {
  if (content === undefined) return undefined;
  try {
    const value = JSON.parse(content.toString('utf8')) as EvidenceNote | null;
    return value?.schemaVersion === 1 && value.digest === digest ? value : undefined;
  } catch {
    return undefined;
  }
}
