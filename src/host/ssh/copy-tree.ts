import { posix } from 'node:path';
import type { CopyProgress } from '../../core/ports/guest-shell.ts';
import { resolveDestination } from './copy-destination.ts';
import { copyFile } from './copy-file.ts';
import { copyFailed, type FileFacts, type FileTree, type Side } from './file-tree.ts';

export interface CopyRequest {
  readonly source: FileTree;
  readonly sourceSide: Side;
  readonly from: string;
  readonly destination: FileTree;
  readonly destinationSide: Side;
  readonly to: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: CopyProgress) => void;
}

interface Entry {
  readonly from: string;
  /** Path below the destination, '' for the named file or directory itself. */
  readonly below: string;
  readonly facts: FileFacts;
}

const filesAtOnce = 4;

/**
 * Copies a file or a tree. The tree is read first, so that a socket or an unreadable directory in it fails before
 * anything is written. Then directories, files, links last (no file is ever written through a link that the same
 * copy made), and at the end modes and times of the directories that were made; existing ones keep theirs.
 * Times are kept to the second. The path named by the user is followed when it is a link; links below stay links.
 */
export async function copyTree(request: CopyRequest): Promise<void> {
  const { source, sourceSide, from, destination, destinationSide, signal } = request;
  const facts = await source.describe(from, true);
  if (facts === undefined) throw copyFailed(from, sourceSide, 'no such file or directory');
  const entries = await readTree(request, { from, below: '', facts });
  const top = await resolveDestination(destination, destinationSide, from, facts, request.to);
  const placeOf = (entry: Entry): string => (entry.below === '' ? top : posix.join(top, entry.below));

  const made = new Set<string>();
  const directories = entries.filter((entry) => entry.facts.kind === 'directory');
  for (const entry of directories) {
    signal.throwIfAborted();
    const place = placeOf(entry);
    const existing = made.has(posix.dirname(place)) ? undefined : await destination.describe(place, false);
    if (existing === undefined) {
      // Writable for us until everything is in it, whatever its final mode.
      await destination.makeDirectory(place, (entry.facts.mode & 0o777) | 0o700);
      made.add(place);
    } else if (existing.kind !== 'directory') {
      throw copyFailed(place, destinationSide, 'is not a directory');
    }
  }

  const clearWay = async (place: string): Promise<void> => {
    if (made.has(posix.dirname(place))) return;
    const existing = await destination.describe(place, false);
    if (existing?.kind === 'directory')
      throw copyFailed(place, destinationSide, 'is a directory; a file cannot take its place');
  };
  await copyFiles(request, entries, placeOf, clearWay);

  for (const entry of entries.filter(({ facts: { kind } }) => kind === 'link')) {
    signal.throwIfAborted();
    await copyLink(request, entry, placeOf(entry), made);
  }
  for (const entry of directories.toReversed()) {
    const place = placeOf(entry);
    if (made.has(place)) await destination.setAttributes(place, entry.facts.mode, entry.facts.mtimeSeconds);
  }
}

async function readTree(request: CopyRequest, entry: Entry): Promise<readonly Entry[]> {
  request.signal.throwIfAborted();
  if (entry.facts.kind === 'other') {
    throw copyFailed(
      entry.from,
      request.sourceSide,
      'is a socket, pipe or device; only files, directories and links can be copied',
    );
  }
  if (entry.facts.kind !== 'directory') return [entry];
  const found: Entry[] = [entry];
  for (const { name, facts } of await request.source.list(entry.from)) {
    found.push(
      ...(await readTree(request, { from: posix.join(entry.from, name), below: posix.join(entry.below, name), facts })),
    );
  }
  return found;
}

async function copyFiles(
  request: CopyRequest,
  entries: readonly Entry[],
  placeOf: (entry: Entry) => string,
  clearWay: (place: string) => Promise<void>,
): Promise<void> {
  const files = entries.filter((entry) => entry.facts.kind === 'file');
  const bytesTotal = files.reduce((sum, entry) => sum + entry.facts.size, 0);
  const queue = files.values();
  let bytesDone = 0;
  let failed = false;

  const work = async (): Promise<void> => {
    for (const entry of queue) {
      if (failed) return;
      try {
        const to = placeOf(entry);
        await clearWay(to);
        const { source, destination } = request;
        await copyFile({ source, destination, from: entry.from, to, ...entry.facts }, request.signal, (count) => {
          bytesDone += count;
          request.onProgress?.({ path: entry.from, bytesDone, bytesTotal: Math.max(bytesTotal, bytesDone) });
        });
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: filesAtOnce }, work));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

async function copyLink(request: CopyRequest, entry: Entry, place: string, made: ReadonlySet<string>): Promise<void> {
  const target = await request.source.readLink(entry.from);
  if (!made.has(posix.dirname(place))) {
    const existing = await request.destination.describe(place, false);
    if (existing?.kind === 'directory')
      throw copyFailed(place, request.destinationSide, 'is a directory; a link cannot take its place');
    if (existing !== undefined) await request.destination.remove(place);
  }
  await request.destination.makeLink(target, place);
}
