import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { cgroupFolders, cpuQuota, cpuQuotaV1, memoryLimit, reclaimable } from '../../core/facts/cgroup-limits.ts';
import {
  cpuFlagsFromCpuinfo,
  cpuModelFromCpuinfo,
  memAvailableBytes,
  vmStatAvailableBytes,
} from '../../core/facts/memory-text.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';

export interface HostResources {
  readonly cpuModel: string;
  readonly cpuFlags?: string;
  /** What this process may use: affinity and the cgroup's quota count. */
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
}

export async function linuxResources(root = ''): Promise<HostResources> {
  const [membership, mountinfo, meminfo, cpuinfo] = await Promise.all(
    ['/proc/self/cgroup', '/proc/self/mountinfo', '/proc/meminfo', '/proc/cpuinfo'].map((path) =>
      readText(root + path),
    ),
  );
  const folders = cgroupFolders(membership ?? '', mountinfo ?? '');
  const [memory, quotas] = await Promise.all([
    Promise.all([
      ...folders.version2.map((folder) => memoryIn(root + folder, 'memory.max', 'memory.current')),
      ...folders.memory.map((folder) => memoryIn(root + folder, 'memory.limit_in_bytes', 'memory.usage_in_bytes')),
    ]),
    Promise.all([
      ...folders.version2.map(async (folder) => cpuQuota((await readText(`${root}${folder}/cpu.max`)) ?? '')),
      ...folders.cpu.map(async (folder) =>
        cpuQuotaV1(
          (await readText(`${root}${folder}/cpu.cfs_quota_us`)) ?? '',
          (await readText(`${root}${folder}/cpu.cfs_period_us`)) ?? '',
        ),
      ),
    ]),
  ]);
  const available = memAvailableBytes(meminfo ?? '');
  if (available === undefined) fail('host.unsupported', '/proc/meminfo tells no available memory (is /proc mounted?)');
  const limits = memory.filter((entry) => entry !== undefined);
  const quota = quotas.filter((entry) => entry !== undefined);
  const cpuFlags = cpuFlagsFromCpuinfo(cpuinfo ?? '');
  return {
    ...(cpuFlags === undefined ? {} : { cpuFlags }),
    cpuModel: cpuModelFromCpuinfo(cpuinfo ?? '') ?? cpus()[0]?.model ?? 'unknown',
    cpuCount: Math.max(1, Math.min(availableParallelism(), ...quota.map((value) => Math.floor(value)))),
    memoryBytes: Math.min(totalmem(), ...limits.map(({ limit }) => limit)),
    freeMemoryBytes: Math.max(0, Math.min(available, ...limits.map(({ free }) => free))),
  };
}

async function memoryIn(folder: string, limitFile: string, usageFile: string) {
  const limit = memoryLimit((await readText(`${folder}/${limitFile}`)) ?? '');
  if (limit === undefined) return undefined;
  const usage = Number((await readText(`${folder}/${usageFile}`)) ?? 0);
  const cache = reclaimable((await readText(`${folder}/memory.stat`)) ?? '');
  return { limit, free: limit - Math.max(0, usage - cache) };
}

export async function macResources(runner: Pick<ProcessRunner, 'run'>, signal?: AbortSignal): Promise<HostResources> {
  const options = { timeoutMs: 5_000, ...(signal === undefined ? {} : { signal }) };
  const available = vmStatAvailableBytes((await runner.run('vm_stat', [], options)).stdout);
  if (available === undefined) fail('host.tool-failed', 'vm_stat tells no free memory', { next: ['vm_stat'] });
  return {
    cpuModel: cpus()[0]?.model ?? 'unknown',
    cpuCount: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: Math.min(available, totalmem()),
  };
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
