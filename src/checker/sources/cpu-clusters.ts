import type { TextSource } from './text-source.ts';

/** The kernel's words for a cluster that it does not know: -1, which some kernels print without its sign. */
const unknownIds = ['', '-1', '65535', '4294967295'];

/** Names of the clusters by CPU, where CPUs differ in what they can do; none on a machine whose CPUs are alike. */
export function readClusters(
  texts: TextSource,
  directory: string,
  cpus: readonly number[],
): ReadonlyMap<number, string> {
  const read = (cpu: number, file: string) => texts.read(`${directory}/cpu${cpu}/${file}`)?.trim() ?? '';
  const capacities = new Set(cpus.map((cpu) => read(cpu, 'cpu_capacity')));
  if (capacities.size < 2) return new Map();
  const ids = cpus.map((cpu) => [cpu, read(cpu, 'topology/cluster_id')] as const);
  return new Map(ids.filter(([, id]) => !unknownIds.includes(id)).map(([cpu, id]) => [cpu, `cluster${id}`] as const));
}
