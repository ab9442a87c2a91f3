import { fail } from '../../../core/errors/sysmonvm-error.ts';
import type { SummarizedHistory } from '../../../core/measure/artifact-operations.ts';
import { disagreement, readBootTime, refuseDisagreements } from '../../../core/measure/artifacts/read-raw-inputs.ts';
import { artifactNames } from '../../../core/measure/boot/boot-artifacts.ts';
import { historySummary, type KeptBoot } from '../../../core/measure/boot/history-summary.ts';
import { defaultMethod } from '../../../core/measure/statistics/judging-method.ts';
import type { Dependencies } from '../../dependencies.ts';
import { jsonText } from './json-text.ts';

type FileDependencies = Pick<Dependencies, 'files' | 'resultFiles'>;

/** `directory`: metrics/<guest>/<arch>, of which the files themselves say more than the path. */
export async function summarizeDirectory(deps: FileDependencies, directory: string): Promise<SummarizedHistory> {
  if ((await (await deps.resultFiles()).list(`${directory}/runs`)) === undefined)
    return fail('bench.artifact-missing', `${directory} has no directory "runs".`, {
      details: { directory },
      next: [`ls -l ${directory}`],
    });
  const history = await keptBoots(deps, directory);
  const [guest, arch] = directory.split('/').slice(-2);
  const named = {
    arch: history.find((boot) => boot.arch)?.arch ?? arch,
    guest: history.find((boot) => boot.guest)?.guest ?? guest,
  };
  return summarizeHistory(deps, directory, { arch: named.arch ?? '', guest: named.guest ?? '' }, history);
}

/** Writes summary.json anew over every run that is kept. */
export async function summarizeHistory(
  deps: FileDependencies,
  directory: string,
  identity: { readonly guest: string; readonly arch: string },
  kept?: readonly KeptBoot[],
): Promise<SummarizedHistory> {
  const history = kept ?? (await keptBoots(deps, directory));
  const { summarizeSample } = await import('../../../core/measure/statistics/summarize-sample.ts');
  const summary = historySummary(identity, history, (values) => summarizeSample(values, defaultMethod));
  const path = `${directory}/${artifactNames.summary}`;
  await deps.files.write(path, jsonText(summary));
  return { path, summary };
}

/** A run that was cut off before its boot_time.json is none. @throws bench.artifacts-contradict for two architectures */
async function keptBoots(deps: FileDependencies, directory: string): Promise<readonly KeptBoot[]> {
  const files = await deps.resultFiles();
  const history: KeptBoot[] = [];
  for (const name of (await files.list(`${directory}/runs`)) ?? []) {
    const file = await files.read(`${directory}/runs/${name}/${artifactNames.bootTime}`);
    if (file !== undefined) history.push(readBootTime(file, name));
  }
  const first = history.find(({ arch }) => arch !== undefined);
  const other = history.find(({ arch }) => arch !== undefined && arch !== first?.arch);
  if (first !== undefined && other !== undefined)
    refuseDisagreements(
      `${directory}/runs`,
      disagreement('architecture', [
        [first.name, first.arch],
        [other.name, other.arch],
      ]),
    );
  return history;
}
