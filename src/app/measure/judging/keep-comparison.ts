import { runIdOf } from '../../../core/measure/boot/run-name.ts';
import { comparisonFile } from '../../../core/measure/comparison-schema.ts';
import type { KeepRequest } from '../../../core/measure/judging-operations.ts';
import type { Dependencies } from '../../dependencies.ts';

/**
 * `comparisons/<name of the result>.<time>.json`, so that the order of names is the order of judging. What says the same
 * as the newest one is not kept again.
 */
export async function keepComparison(
  { files, clock }: Pick<Dependencies, 'files' | 'clock'>,
  { comparison, result }: KeepRequest,
): Promise<string | undefined> {
  const place = placeOf(result);
  // A file of one number does not say which run it was.
  if (place === undefined || comparison.current.fingerprint === undefined) return undefined;
  const text = comparisonFile(comparison);
  const kept = (await files.names(place.directory)).filter((name) => name.startsWith(`${place.name}.`));
  const newest = kept.at(-1);
  if (newest !== undefined && (await files.read(`${place.directory}/${newest}`)) === text)
    return `${place.directory}/${newest}`;
  await files.makeDirectory(place.directory);
  let at = clock.now();
  const pathAt = () => `${place.directory}/${place.name}.${runIdOf(at)}.json`;
  while (await files.exists(pathAt())) at += 1000;
  await files.write(pathAt(), text);
  return pathAt();
}

/** Results of boots are `results/<run>.json`, those of workloads `<run>/results.json`. */
function placeOf(result: string): { readonly directory: string; readonly name: string } | undefined {
  const [, parent = '', folder = '', name = ''] = /^(.*)\/([^/]+)\/([^/]+)\.json$/.exec(result) ?? [];
  if (folder === 'results') return { directory: `${parent}/comparisons`, name };
  return name === 'results' ? { directory: `${parent}/${folder}/comparisons`, name } : undefined;
}
