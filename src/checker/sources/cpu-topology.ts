import type { TextSource } from './text-source.ts';

export const cpuDirectory = '/sys/devices/system/cpu';

/** The kernel's words for a cluster that it does not know: -1, which some kernels print without its sign. */
const unknownIds = ['', '-1', '65535', '4294967295'];

/** Names of the clusters by CPU, where CPUs differ in what they can do; none on a machine whose CPUs are alike. */
export function readClusters(texts: TextSource, cpus: readonly number[]): ReadonlyMap<number, string> {
  const read = (cpu: number, file: string) => texts.read(`${cpuDirectory}/cpu${cpu}/${file}`)?.trim() ?? '';
  const capacities = new Set(cpus.map((cpu) => read(cpu, 'cpu_capacity')));
  if (capacities.size < 2) return new Map();
  const ids = cpus.map((cpu) => [cpu, read(cpu, 'topology/cluster_id')] as const);
  return new Map(ids.filter(([, id]) => !unknownIds.includes(id)).map(([cpu, id]) => [cpu, `cluster${id}`] as const));
}

/** Cores, of which each may be several CPUs; undefined: of some CPU it is not known. */
export function countCores(texts: TextSource, cpus: readonly number[]): number | undefined {
  const siblings = cpus.map((cpu) => {
    const topology = `${cpuDirectory}/cpu${cpu}/topology`;
    return texts.read(`${topology}/core_cpus_list`) ?? texts.read(`${topology}/thread_siblings_list`);
  });
  return siblings.length === 0 || siblings.includes(undefined) ? undefined : new Set(siblings).size;
}
