import { posix } from 'node:path';
import { copyFailed, type FileFacts, type FileTree, type Side } from './file-tree.ts';

/**
 * Where a copy ends up, as with `cp -r`:
 *
 * | source | destination | result |
 * |---|---|---|
 * | anything | an existing directory | inside it, under the source's own name |
 * | `DIR/.` or `.` | an existing directory | the contents, into it |
 * | file | `new/` (nothing there) | `new/FILE` |
 * | directory | `new` or `new/` | `new` is the copy |
 * | file | a file, or a link to one | that file is replaced |
 *
 * Missing parents are made.
 */
export async function resolveDestination(
  tree: FileTree,
  side: Side,
  from: string,
  source: FileFacts,
  to: string,
): Promise<string> {
  const wantsDirectory = to.endsWith('/');
  const path = to === '' ? '.' : posix.normalize(wantsDirectory && to !== '/' ? to.slice(0, -1) : to);
  const existing = await tree.describe(path, true);

  if (existing === undefined) {
    const destination = wantsDirectory && source.kind === 'file' ? posix.join(path, posix.basename(from)) : path;
    await makeParents(tree, side, posix.dirname(destination));
    return destination;
  }
  const real = await tree.realPath(path);
  if (existing.kind === 'directory') {
    const inside = posix.join(real, nameInside(from));
    // A link to a directory in the way of a file is followed no further: the rename replaces the link itself.
    return inside;
  }
  if (wantsDirectory) throw copyFailed(path, side, 'is not a directory');
  if (source.kind === 'directory') throw copyFailed(path, side, 'is a file; a directory cannot take its place');
  return real;
}

/** '' for `.` and `DIR/.`, whose contents are meant. */
function nameInside(from: string): string {
  if (from === '.' || from === './' || /\/\.\/?$/.test(from)) return '';
  return posix.basename(from === '..' || /\/\.\.\/?$/.test(from) ? posix.resolve(from) : from);
}

async function makeParents(tree: FileTree, side: Side, path: string): Promise<void> {
  const existing = await tree.describe(path, true);
  if (existing?.kind === 'directory') return;
  if (existing !== undefined) throw copyFailed(path, side, 'is not a directory');
  const parent = posix.dirname(path);
  if (parent !== path) await makeParents(tree, side, parent);
  await tree.makeDirectory(path, 0o755);
}
