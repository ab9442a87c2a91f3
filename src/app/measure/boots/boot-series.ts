import type { Call } from '../../../core/engine.ts';
import type { RunIdentity } from '../../../core/measure/boot/boot-artifacts.ts';
import { type BootCourse, type BootPart, bootOrder, fixedCourse } from '../../../core/measure/boot/boot-order.ts';
import { bootAttempts, bootSeries, type CountedBoot } from '../../../core/measure/boot/boot-series.ts';
import type { ObservedBoot } from '../../../core/measure/boot/observed-boot.ts';
import { requireName, runIdOf } from '../../../core/measure/boot/run-name.ts';
import type {
  BootConfiguration,
  BootSeriesRequest,
  BootSeriesResult,
  MeasuredRun,
} from '../../../core/measure/boot-operations.ts';
import { fingerprintOfHost } from '../../../core/measure/fingerprint-of.ts';
import { guestNameOf, mainPartOf } from '../../../core/measure/medium-defaults.ts';
import type { MeasuredSeries, ResultSet } from '../../../core/measure/result-set.ts';
import type { Dependencies } from '../../dependencies.ts';
import { summarizeHistory } from '../artifacts/summarize-directory.ts';
import { examineBoot } from '../prepare-boot.ts';
import { measureMediumBoot, mediumRequest } from './measure-medium-boot.ts';
import { measureVmBoot } from './measure-vm-boot.ts';
import { writeRun } from './write-run.ts';

interface Series {
  readonly runId: string;
  readonly guest: string;
  readonly arch: string;
  /** metrics/<guest>/<arch> */
  readonly directory: string;
  readonly startedAt: string;
}

/** A series as it was measured: one result of each part of its course. */
export interface MeasuredBoots {
  readonly results: readonly { readonly result: ResultSet; readonly path: string }[];
  readonly directory: string;
  readonly runs: readonly MeasuredRun[];
  readonly lanes: ObservedBoot['lanes'];
}

export async function measureSeries(
  deps: Dependencies,
  call: Call,
  request: BootSeriesRequest,
): Promise<BootSeriesResult> {
  const order = bootOrder(request.configurations.length, request.warmup, request.iterations);
  const { results, ...measured } = await measureBoots(deps, call, request, fixedCourse(order, request.label));
  const [only] = results;
  if (!only) throw new Error('a series has a result, whatever became of its boots');
  return { ...measured, result: only.result, resultPath: only.path };
}

/** Repetitions one after the other; what is measured is on disk before the next begins. */
export async function measureBoots(
  deps: Dependencies,
  asked: Call,
  request: BootSeriesRequest,
  course: BootCourse,
): Promise<MeasuredBoots> {
  const call = noticesOnce(asked);
  const series = await prepare(deps, call, request);
  const counted: CountedBoot[] = [];
  const runs: MeasuredRun[] = [];
  try {
    for (let turn = course.next(counted); turn !== undefined; turn = course.next(counted)) {
      const { configuration, warmup } = turn;
      const asked = request.configurations[configuration];
      if (!asked) throw new Error(`there is no configuration ${configuration}`);
      const iteration = runs.length + 1;
      const step = `boot ${iteration} of ${course.total()}${parametersText(asked.parameters)}`;
      call.report({ kind: 'step', step, state: 'running' });
      const { observed, directory } = await measureOne(deps, call, request, series, { ...asked, iteration, warmup });
      const { outcome, totalMs, failure } = observed;
      const parameters = { ...kindOf(request, observed), ...asked.parameters };
      runs.push({
        iteration,
        parameters,
        warmup,
        outcome,
        directory,
        ...(totalMs === undefined ? {} : { totalMs }),
        ...(failure ? { failure } : {}),
      });
      if (!warmup) counted.push({ iteration, parameters, observed });
      call.report({ kind: 'step', step, state: 'done', detail: outcomeText(observed) });
    }
  } catch (error) {
    // What was measured before is a result as well.
    const parts = course.parts(counted).filter(({ boots }) => boots.length > 0);
    if (parts.length > 0) tellKept(call, await writeResults(deps, request, series, parts));
    throw error;
  }
  const results = await writeResults(deps, request, series, course.parts(counted));
  const last = counted.findLast(({ observed }) => observed.outcome === 'completed');
  return {
    results,
    directory: series.directory,
    runs,
    lanes: last?.observed.lanes ?? [],
  };
}

/** What is true of every repetition is told once. */
function noticesOnce(call: Call): Call {
  const told = new Set<string>();
  return {
    ...call,
    report: (progress) => {
      if (progress.kind === 'notice' && told.size === told.add(progress.text).size) return;
      call.report(progress);
    },
  };
}

function parametersText(parameters: MeasuredSeries['parameters']): string {
  const varied = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return varied.length === 0 ? '' : ` (${varied.join(', ')})`;
}

async function measureOne(
  deps: Dependencies,
  call: Call,
  request: BootSeriesRequest,
  series: Series,
  { iteration, warmup, ...configuration }: BootConfiguration & { readonly iteration: number; readonly warmup: boolean },
): Promise<{ readonly observed: ObservedBoot; readonly directory: string }> {
  const run: RunIdentity = {
    guest: series.guest,
    arch: series.arch,
    runId: series.runId,
    iteration,
    ...(request.label === undefined ? {} : { label: request.label }),
    warmup,
    directory: `${series.directory}/runs/${series.runId}-${iteration}`,
  };
  const asked = {
    ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
    sampleIntervalMs: request.sampleIntervalMs,
    keep: (boot: ObservedBoot) => writeRun(deps, run, series.directory, boot),
  };
  if ('medium' in configuration) {
    const { medium } = configuration;
    const observed = await measureMediumBoot(deps, call, { ...asked, medium, guest: series.guest });
    return { observed, directory: run.directory };
  }
  const { config } = configuration;
  const named = { ...config, name: { ...config.name, value: `bench-${deps.randomHex(4)}` } };
  const observed = await measureVmBoot(deps, call, { ...asked, config: named, warm: request.warm });
  return { observed, directory: run.directory };
}

/** What was timed: values of another kind are never in one series with it. */
function kindOf({ warm }: BootSeriesRequest, { markerTable, installation }: ObservedBoot): Record<string, string> {
  const start = installation ? 'install' : warm ? 'warm' : 'cold';
  return { start, ...(markerTable === undefined ? {} : { markers: markerTable }) };
}

function outcomeText({ outcome, totalMs }: { readonly outcome: string; readonly totalMs?: number }): string {
  return totalMs === undefined ? outcome : `${(totalMs / 1000).toFixed(2)} s`;
}

/** What nothing can be measured without is refused before the first directory is made. */
async function prepare(deps: Dependencies, call: Call, request: BootSeriesRequest): Promise<Series> {
  const { label, configurations } = request;
  const [first] = configurations;
  if (!first) throw new Error('there is nothing to boot');
  const now = deps.clock.now();
  const asked = 'medium' in first ? mediumRequest(deps, first.medium, request) : undefined;
  const arch = asked?.arch ?? ('config' in first ? first.config.arch.value : undefined) ?? deps.hostArch;
  const guest = requireName('--guest', request.guest ?? guestOf(first));
  for (const configuration of configurations)
    if ('medium' in configuration)
      await examineBoot(deps, call, { ...mediumRequest(deps, configuration.medium, request), outputDirectory: '' });
  const base = request.runId === undefined ? runIdOf(now, label) : requireName('--run-id', request.runId);
  const directory = `${request.out ?? `${deps.directories.workspace}/metrics`}/${guest}/${arch}`;
  await deps.files.makeDirectory(`${directory}/results`);
  const runId = await freeRunId(deps, directory, base);
  return { runId, guest, arch, directory, startedAt: new Date(now).toISOString() };
}

function guestOf(first: BootConfiguration): string {
  return guestNameOf('medium' in first ? (mainPartOf(first.medium.medium) ?? 'medium') : first.config.image.value);
}

/** Two runs that begin in the same second: the later one is told apart, never written over the other. */
async function freeRunId({ files }: Dependencies, directory: string, wanted: string): Promise<string> {
  const taken = await files.names(`${directory}/runs`);
  const isTaken = (id: string): boolean => taken.some((name) => name.replace(/-\d+$/, '') === id);
  let id = wanted;
  for (let n = 2; isTaken(id); n++) id = `${wanted}.${n}`;
  return id;
}

function tellKept(call: Call, results: MeasuredBoots['results']): void {
  const text = `What was measured is kept: ${results.map(({ path }) => path).join(', ')}`;
  call.report({ kind: 'notice', level: 'info', text });
}

async function writeResults(
  deps: Dependencies,
  request: BootSeriesRequest,
  series: Series,
  parts: readonly BootPart[],
): Promise<MeasuredBoots['results']> {
  const results: { readonly result: ResultSet; readonly path: string }[] = [];
  for (const part of parts) {
    const runId = `${series.runId}${part.suffix}`;
    const path = `${series.directory}/results/${runId}.json`;
    const result = await resultOf(deps, request, { ...series, runId }, part);
    await deps.files.write(path, `${JSON.stringify(result, null, 2)}\n`);
    results.push({ result, path });
  }
  await summarizeHistory(deps, series.directory, series);
  return results;
}

async function resultOf(
  deps: Dependencies,
  request: BootSeriesRequest,
  series: Series,
  { label, boots: counted }: BootPart,
): Promise<ResultSet> {
  const facts = await (await deps.facts()).collect(series.arch.startsWith('a') ? 'aarch64' : 'x86_64');
  const host = fingerprintOfHost(facts, { sysmonvm: deps.ownVersion() });
  const machine = counted[0]?.observed.machine;
  return {
    schemaVersion: 1,
    kind: 'boot',
    runId: series.runId,
    ...(label === undefined ? {} : { label }),
    guest: series.guest,
    arch: series.arch,
    startedAt: series.startedAt,
    finishedAt: new Date(deps.clock.now()).toISOString(),
    ...(request.commit === undefined ? {} : { commit: request.commit }),
    fingerprint: { ...host, ...(machine ? { machine } : {}) },
    attempts: bootAttempts(counted),
    series: bootSeries(counted),
  };
}
