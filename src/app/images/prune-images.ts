import type { Call, Removal } from '../../core/engine.ts';
import type { Dependencies } from '../dependencies.ts';

const partialsAfterMs = 7 * 86_400_000;

/** Images that no VM or template of any known workspace has as its base; unfinished downloads that nobody goes on with. */
export async function pruneImages(
  deps: Dependencies,
  call: Call,
  { olderThanMs, dryRun }: { readonly olderThanMs?: number; readonly dryRun: boolean },
): Promise<readonly Removal[]> {
  const images = await deps.images();
  const removals: Removal[] = [];
  for (const image of await images.list()) {
    call.signal.throwIfAborted();
    const age = deps.clock.now() - Date.parse(image.fetchedAt);
    if (olderThanMs !== undefined && age < olderThanMs) continue;
    // Asked anew for each: a VM may be made meanwhile, and hashing or removing takes its time.
    if ((await basesInUse(deps)).has(image.path)) continue;
    removals.push({
      what: `image ${image.id} (${image.arch})`,
      path: image.path,
      reason: 'no VM or template uses it',
      bytes: await deps.files.usage(image.path),
    });
    if (!dryRun) await images.remove(image.digest);
  }
  const bytes = await images.removePartial({ olderThanMs: olderThanMs ?? partialsAfterMs, dryRun });
  if (bytes > 0) removals.push({ what: 'unfinished downloads', reason: 'nobody goes on with them', bytes });
  return removals;
}

async function basesInUse(deps: Dependencies): Promise<ReadonlySet<string>> {
  const stores = await deps.knownStores();
  const listed = await Promise.all(stores.map((store) => store.list()));
  const templates = await Promise.all((await deps.knownTemplates()).map((store) => store.list()));
  const holders = [
    ...listed.flatMap(({ vms }) => vms.map(({ ledger }) => ledger.kept)),
    ...templates.flatMap((found) => found.templates),
  ];
  const paths = holders.flatMap(({ baseImagePath, kernelPath, initrdPath }) => [baseImagePath, kernelPath, initrdPath]);
  return new Set(paths.filter((path) => path !== undefined));
}
