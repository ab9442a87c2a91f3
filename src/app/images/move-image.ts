import type { Call, ImageResult, Removal } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { findImage } from '../../core/image/find-image.ts';
import { digestSchema } from '../../core/image/image-entry.ts';
import type { ImageChoiceOf } from '../../core/image-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { checkedNow } from './checked-now.ts';
import { withoutEntries } from './lock-entries.ts';
import { imageResult } from './obtain-image.ts';
import { checkEvidence } from './verify-images.ts';

/** Beside what the cache writes: which entry is meant. It chooses among the entries here and proves nothing. */
const entryFile = 'entry.json';

export async function exportImage(
  deps: Dependencies,
  call: Call,
  image: ImageChoiceOf,
  directory: string,
): Promise<ImageResult> {
  const merged = await deps.lockFiles.merged();
  const entry = findImage(merged, image.id, image.arch ?? deps.hostArch);
  const images = await deps.images();
  const cached = await images.lookup(entry, { verify: true, signal: call.signal });
  if (cached === undefined)
    fail('image.not-cached', `${entry.id} (${entry.arch}) is not in the cache.`, {
      next: [`sysmonvm image pull ${entry.id} --arch ${entry.arch}`],
    });
  if (entry.kind === 'local')
    fail(
      'image.not-cached',
      `${entry.id} is built by each host for itself; there is no digest that another host could hold it to.`,
      {
        next: [`sysmonvm image build ${entry.id}`],
      },
    );
  await images.exportImage(entry.digest, directory, call.signal);
  const { id, arch, digest } = entry;
  await deps.files.write(`${directory}/${entryFile}`, `${JSON.stringify({ id, arch, digest }, null, 2)}\n`);
  return { ...(await imageResult(deps, entry, cached, 'exported')), path: directory };
}

export async function importImage(deps: Dependencies, call: Call, directory: string): Promise<ImageResult> {
  const digest = await digestIn(deps, directory);
  const merged = await deps.lockFiles.merged();
  const entry = merged.images.find((known) => known.kind === 'vendor' && known.digest === digest);
  if (entry?.kind !== 'vendor')
    return fail('image.not-listed', `No lock file of this machine names ${digest}.`, {
      details: { digest, directory },
      next: ['sysmonvm image list', 'sysmonvm image add FILE --id ID --digest DIGEST'],
    });
  const images = await deps.images();
  const cached = await images.importImage(directory, entry, { signal: call.signal });
  const by = await checkEvidence(deps, call, merged, entry, cached);
  const kept = await images.readEvidence(entry.digest);
  if (by !== undefined && kept !== undefined) {
    const checked = checkedNow(deps);
    await images.keepEvidence(entry.digest, {
      ...kept,
      signer: by,
      verifiedAt: checked.at,
      verifiedWith: checked.with,
    });
  }
  return imageResult(deps, entry, cached, 'imported');
}

async function digestIn(deps: Dependencies, directory: string): Promise<string> {
  const text = await deps.files.read(`${directory}/${entryFile}`);
  const refuse = (why: string): never =>
    fail('image.not-cached', `${directory} is not a directory of \`image export\`: ${why}.`, {
      details: { directory },
    });
  if (text === undefined) return refuse(`it has no ${entryFile}`);
  try {
    return digestSchema.parse((JSON.parse(text) as { digest?: unknown } | null)?.digest);
  } catch {
    return refuse(`its ${entryFile} names no digest`);
  }
}

export async function removeImage(deps: Dependencies, { id, arch }: ImageChoiceOf): Promise<readonly Removal[]> {
  const lock = await deps.lockFiles.read(deps.lockFiles.workspacePath);
  const gone = lock.images.filter((entry) => entry.id === id && (arch === undefined || entry.arch === arch));
  if (gone.length === 0) {
    const known = (await deps.lockFiles.merged()).images.some((entry) => entry.id === id);
    fail(
      known ? 'image.id-reserved' : 'image.unknown',
      known
        ? `${id} comes with sysmonvm; this workspace has no entry of its own for it.`
        : `There is no image "${id}".`,
      { details: { id }, next: ['sysmonvm image list'] },
    );
  }
  await deps.lockFiles.change(deps.lockFiles.workspacePath, (current) => withoutEntries(current, gone));
  return gone.map((entry) => ({
    what: `entry ${entry.id} (${entry.arch})`,
    path: deps.lockFiles.workspacePath,
    reason: 'asked for',
  }));
}
