import type { Call } from '../../../core/engine.ts';
import { fail } from '../../../core/errors/sysmonvm-error.ts';
import { fingerprintOfHost } from '../../../core/measure/fingerprint-of.ts';
import { combinationKey, missingResults, notSelected } from '../../../core/measure/workload/coverage.ts';
import { judgeCriteria } from '../../../core/measure/workload/judge-criteria.ts';
import type { Workload } from '../../../core/measure/workload/workload.ts';
import { workloadDefinitions } from '../../../core/measure/workload/workload-definitions.ts';
import type { RunWorkloadsRequest, WorkloadReport } from '../../../core/measure/workload-operations.ts';
import type { Dependencies } from '../../dependencies.ts';
import { findVm } from '../../vm/with-vm.ts';
import { hostWorkplace } from './host-workplace.ts';
import { inGuest } from './in-guest.ts';
import { type ResolvedProgram, resolveProgram } from './resolve-program.ts';
import { runBoots } from './run-boot.ts';
import { runCombination } from './run-combination.ts';
import { beginRecord, type RunFacts, type RunRecord } from './run-record.ts';
import { chooseWorkloads } from './select.ts';
import type { Workplace } from './workplace.ts';

interface Job {
  readonly workload: Workload;
  readonly program: ResolvedProgram;
  readonly where: 'host' | 'guest';
}

/**
 * In this order: check everything, boots (while no guest of ours runs), programs of the host, programs of the guest,
 * judge. A workload that fails does not stop the others; an interruption leaves what was measured, marked unfinished.
 */
export async function runWorkloads(
  deps: Dependencies,
  call: Call,
  request: RunWorkloadsRequest,
): Promise<WorkloadReport> {
  const { target, outputDir, profile, tier } = request;
  const { all, selected } = await chooseWorkloads(deps, request);
  const jobs: Job[] = [];
  for (const workload of selected) {
    if (workload.run.kind !== 'program') continue;
    const program = await resolveProgram(deps, workload, workload.run);
    jobs.push({ workload, program, where: target.kind === 'host' ? 'host' : program.where });
  }
  const boots = selected.filter(({ run }) => run.kind === 'boot');
  const reasons = new Map<string, string>();
  if (target.kind !== 'made') for (const { id } of boots) reasons.set(id, 'a boot needs a VM of its own');
  if (jobs.length === 0 && target.kind !== 'made')
    fail('workload.nothing-selected', `only boots are selected, which need a VM of their own`, {
      next: ['Leave --host and --vm away.'],
    });

  if (target.kind === 'vm') await findVm(deps, target.name);
  const facts: RunFacts = {
    guest: 'host',
    arch: deps.hostArch,
    fingerprint: fingerprintOfHost(await (await deps.facts()).collect(deps.hostArch, call.signal), {}),
    ...(request.label === undefined ? {} : { label: request.label }),
    ...(profile === undefined ? {} : { profile }),
    ...(tier === undefined ? {} : { tier }),
    ...(request.commit === undefined ? {} : { commit: request.commit }),
  };
  const definitions = selected.flatMap((workload) =>
    workloadDefinitions(workload).map(({ metric, unit: _, ...definition }) => ({
      workload: workload.id,
      metric,
      definition,
    })),
  );
  const record = await beginRecord(deps, outputDir, facts, definitions);
  try {
    await runJobs(deps, call, request, { jobs, boots: target.kind === 'made' ? boots : [], record, reasons });
  } catch (error) {
    await record.abandon();
    throw error;
  }

  const criteria = profile === undefined ? [] : judgeCriteria(selected, profile, record.series());
  const result = await record.finish(profile === undefined ? {} : { criteria });
  for (const { workload, parameters, message } of result.attempts)
    if (message !== undefined) reasons.set(combinationKey(workload, parameters), message.split('\n')[0] ?? message);
  const chosen = new Set(selected.map(({ id }) => id));
  return {
    result,
    path: record.path,
    criteria,
    missing: missingResults(all, tier, result.series, (id, parameters) =>
      chosen.has(id) ? (reasons.get(combinationKey(id, parameters)) ?? reasons.get(id)) : notSelected,
    ),
    passed: result.attempts.every(({ outcome }) => outcome === 'completed') && criteria.every(({ met }) => met),
    blocking: tier === undefined || tier === 1,
  };
}

async function runJobs(
  deps: Dependencies,
  call: Call,
  { target, iterations }: RunWorkloadsRequest,
  work: {
    readonly jobs: readonly Job[];
    readonly boots: readonly Workload[];
    readonly record: RunRecord;
    readonly reasons: Map<string, string>;
  },
): Promise<void> {
  const { jobs, boots, record, reasons } = work;
  const runAll = async (place: Workplace, where: Job['where']): Promise<void> => {
    for (const { workload, program } of jobs.filter((job) => job.where === where))
      for (const parameters of workload.combinations)
        await runCombination(call, place, record, {
          ...{ workload, program, parameters },
          iterations: iterations ?? workload.repetitions,
          unmeasured: (reason) => reasons.set(combinationKey(workload.id, parameters), reason),
        });
  };
  if (target.kind === 'made')
    for (const workload of boots)
      await runBoots(deps, call, record, {
        ...{ workload, config: target.config },
        iterations: iterations ?? workload.repetitions,
      });
  try {
    await runAll(hostWorkplace(deps, record.directory, call.signal), 'host');
  } finally {
    await deps.files.remove(`${record.directory}/place`);
  }
  if (target.kind !== 'host' && jobs.some(({ where }) => where === 'guest'))
    await inGuest(deps, call, target, record, (place) => runAll(place, 'guest'));
}
