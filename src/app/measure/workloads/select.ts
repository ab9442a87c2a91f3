import { readWorkloads } from '../../../core/measure/workload/read-workloads.ts';
import { requireProfile, selectWorkloads } from '../../../core/measure/workload/select-workloads.ts';
import type { Workload } from '../../../core/measure/workload/workload.ts';
import type { WorkloadQuery } from '../../../core/measure/workload-operations.ts';
import type { Dependencies } from '../../dependencies.ts';

/** Reads and checks everything that is there, then chooses. */
export async function chooseWorkloads(
  deps: Dependencies,
  query: WorkloadQuery,
): Promise<{ readonly all: readonly Workload[]; readonly selected: readonly Workload[] }> {
  const read = await deps.workloadFiles();
  const all = readWorkloads(await read(query.path ?? deps.bundledWorkloads));
  const selected = selectWorkloads(all, query);
  if (query.profile !== undefined) requireProfile(selected, query.profile);
  return { all, selected };
}
