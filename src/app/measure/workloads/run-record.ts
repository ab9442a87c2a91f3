import { fail } from '../../../core/errors/sysmonvm-error.ts';
import { runIdOf } from '../../../core/measure/boot/run-name.ts';
import type { Fingerprint } from '../../../core/measure/fingerprint.ts';
import type { Attempt, MeasuredSeries, ResultSet } from '../../../core/measure/result-set.ts';
import { seriesKey } from '../../../core/measure/result-set.ts';
import type { CollectedMetric } from '../../../core/measure/workload/collect-metrics.ts';
import { parametersFolder } from '../../../core/measure/workload/parameter-matrix.ts';
import type { Parameters } from '../../../core/measure/workload/workload.ts';
import type { ProgramOutput } from '../../../core/ports/program-runner.ts';
import type { Dependencies } from '../../dependencies.ts';

/** What is known of a run before it measures anything, or becomes known while it does. */
export type RunFacts = Pick<ResultSet, 'guest' | 'arch' | 'fingerprint'> &
  Partial<Pick<ResultSet, 'label' | 'profile' | 'tier' | 'commit'>>;

/** When a difference of one metric matters, as its workload says. */
export interface WorkloadDefinition {
  readonly workload: string;
  readonly metric: string;
  readonly definition: NonNullable<MeasuredSeries['definition']>;
}

/**
 * The folder of one run: `results.json`, written anew with every attempt and marked unfinished until the end, and below
 * `raw/` what every program printed. No run writes where another one has.
 */
export interface RunRecord {
  readonly directory: string;
  readonly path: string;
  /** Of a guest that was not there yet when the run began. */
  describeGuest(guest: string, machine: NonNullable<Fingerprint['machine']>): void;
  addTools(tools: Fingerprint['tools']): void;
  raw(workload: string, parameters: Parameters, name: string, output: ProgramOutput): Promise<void>;
  add(attempt: Omit<Attempt, 'at'>, metrics: readonly CollectedMetric[]): Promise<void>;
  readonly series: () => readonly MeasuredSeries[];
  /** A run that ended before anything was tried leaves nothing. */
  abandon(): Promise<void>;
  finish(last: Pick<ResultSet, 'criteria'>): Promise<ResultSet>;
}

/** @throws usage.invalid-argument for a label that is no part of a file name */
export async function beginRecord(
  deps: Dependencies,
  outputDir: string,
  first: RunFacts,
  definitions: readonly WorkloadDefinition[],
): Promise<RunRecord> {
  const startedAt = deps.clock.now();
  const { runId, directory } = await freeFolder(deps, outputDir, first.label);
  const path = `${directory}/results.json`;
  const attempts: Attempt[] = [];
  const series = new Map<string, MeasuredSeries>();
  let facts: RunFacts = first;

  const resultSet = (rest: Partial<ResultSet>): ResultSet => ({
    schemaVersion: 1,
    kind: 'workloads',
    runId,
    ...facts,
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(deps.clock.now()).toISOString(),
    attempts,
    series: [...series.values()],
    ...rest,
  });
  const save = async (set: ResultSet, to = path): Promise<void> =>
    deps.files.write(to, `${JSON.stringify(set, undefined, 2)}\n`);

  return {
    directory,
    path,
    describeGuest: (guest, machine) => {
      facts = { ...facts, guest, arch: machine.arch, fingerprint: { ...facts.fingerprint, machine } };
    },
    addTools: (tools) => {
      facts = { ...facts, fingerprint: { ...facts.fingerprint, tools: { ...facts.fingerprint.tools, ...tools } } };
    },
    async raw(workload, parameters, name, { stdout, stderr }) {
      const folder = `${directory}/raw/${workload}/${parametersFolder(parameters)}`;
      await deps.files.makeDirectory(folder);
      await deps.files.write(`${folder}/${name}.stdout`, stdout, 0o644, { durable: false });
      await deps.files.write(`${folder}/${name}.stderr`, stderr, 0o644, { durable: false });
    },
    async add(attempt, metrics) {
      const { workload, parameters } = attempt;
      attempts.push({ ...attempt, at: new Date(deps.clock.now()).toISOString() });
      for (const { metric, unit, value } of metrics) {
        const key = seriesKey({ workload, metric, parameters });
        const values = [...(series.get(key)?.values ?? []), value];
        const definition = definitions.find((one) => one.workload === workload && one.metric === metric)?.definition;
        series.set(key, { workload, metric, unit, parameters, ...(definition ? { definition } : {}), values });
      }
      await save(resultSet({ unfinished: true }));
    },
    series: () => [...series.values()],
    async abandon() {
      if (attempts.length === 0) await deps.files.remove(directory);
    },
    async finish(last) {
      const finished = resultSet(last);
      await save(finished);
      await save(finished, `${outputDir}/latest.json`);
      return finished;
    },
  };
}

/** Two runs within one second: the later one waits for the next. */
async function freeFolder(deps: Dependencies, outputDir: string, label: string | undefined) {
  for (;;) {
    const runId = runIdOf(deps.clock.now(), label);
    const directory = `${outputDir}/${runId}`;
    if (!(await deps.files.exists(directory))) {
      await deps.files.makeDirectory(directory).catch((error: unknown) => notAFolder(error, outputDir));
      return { runId, directory };
    }
    await deps.clock.sleep(200);
  }
}

function notAFolder(error: unknown, path: string): never {
  const { cause = error } = error instanceof Error ? error : {};
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code !== 'ENOTDIR' && code !== 'EEXIST') throw error;
  return fail('usage.invalid-argument', `--output-dir is ${path}, which is a file or lies below one`, {
    details: { path },
  });
}
