import { fail } from '../../../core/errors/sysmonvm-error.ts';
import { readBaselineFile } from '../../../core/measure/judging/baseline-file.ts';
import { referenceText } from '../../../core/measure/judging/baseline-reference.ts';
import type { BaselineReference, KeptBaseline } from '../../../core/measure/judging-operations.ts';
import type { Dependencies } from '../../dependencies.ts';

export const baselinesDirectory = (deps: Dependencies, directory?: string): string =>
  directory ?? `${deps.directories.workspace}/baselines`;

/** `DIRECTORY/TAG/ARCH/NAME.json`; YAML that a person wrote is read as well. */
export async function keptBaselines(deps: Dependencies, directory?: string): Promise<readonly KeptBaseline[]> {
  const files = await deps.resultFiles();
  const root = baselinesDirectory(deps, directory);
  const kept: KeptBaseline[] = [];
  for (const tag of (await files.list(root)) ?? []) {
    for (const arch of (await files.list(`${root}/${tag}`)) ?? []) {
      for (const name of (await files.list(`${root}/${tag}/${arch}`)) ?? []) {
        if (!/^[^.].*\.(json|ya?ml)$/.test(name)) continue;
        const path = `${root}/${tag}/${arch}/${name}`;
        const file = await files.read(path);
        if (file !== undefined) kept.push({ path, baseline: readBaselineFile(file) });
      }
    }
  }
  return kept;
}

/** @throws bench.baseline-missing when none fits, or several do. */
export async function findBaseline(
  deps: Dependencies,
  reference: BaselineReference,
  directory?: string,
): Promise<KeptBaseline> {
  const all = await keptBaselines(deps, directory);
  const fitting = all.filter(
    ({ baseline }) =>
      baseline.tag === reference.tag &&
      (reference.arch === undefined || baseline.arch === reference.arch) &&
      (reference.name === undefined || baseline.name === reference.name),
  );
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) return only;
  const place = baselinesDirectory(deps, directory);
  const [listed, why] =
    only === undefined
      ? [all, `${place} has no baseline ${referenceText(reference)}`]
      : [fitting, 'several baselines fit'];
  const names = listed.map(({ baseline }) => referenceText(baseline));
  const there = names.length === 0 ? 'it has none at all' : `there are ${names.join(', ')}`;
  fail('bench.baseline-missing', `${why}; ${there}.`, {
    details: { ...reference, directory: place, baselines: names },
    next: [
      'sysmonvm bench baseline list',
      `sysmonvm bench baseline set --tag ${reference.tag} --from RESULT --reason TEXT`,
    ],
  });
}
