/**
 * What a container or slice allows, from the text of the cgroup files. A process is limited by its own group and by
 * every group above it, so the folders of all of them are named, innermost first.
 */
export interface CgroupFolders {
  readonly version2: readonly string[];
  readonly memory: readonly string[];
  readonly cpu: readonly string[];
}

/** From /proc/self/cgroup and /proc/self/mountinfo. */
export function cgroupFolders(membership: string, mountinfo: string): CgroupFolders {
  const mounts = mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [type = '', , options = ''] = after.split(' ');
    const fields = before.split(' ');
    return type.startsWith('cgroup')
      ? [{ version2: type === 'cgroup2', controllers: options.split(','), root: fields[3] ?? '/', at: fields[4] ?? '' }]
      : [];
  });
  const memberships = membership.split('\n').flatMap((line) => {
    const [, number = '', controllers = '', path = ''] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    return number === '' ? [] : [{ version2: number === '0', controllers: controllers.split(','), path }];
  });
  const foldersOf = (version2: boolean, controller: string): readonly string[] => {
    const mount = mounts.find(
      (entry) => entry.version2 === version2 && (version2 || entry.controllers.includes(controller)),
    );
    const member = memberships.find(
      (entry) => entry.version2 === version2 && (version2 || entry.controllers.includes(controller)),
    );
    return mount === undefined || member === undefined ? [] : upwards(mount.at, below(member.path, mount.root));
  };
  return { version2: foldersOf(true, ''), memory: foldersOf(false, 'memory'), cpu: foldersOf(false, 'cpu') };
}

/** The path inside what is mounted: in a container the mount shows only the part at `root`. */
function below(path: string, root: string): string {
  if (root === '/') return path;
  return path === root ? '/' : path.startsWith(`${root}/`) ? path.slice(root.length) : '/';
}

function upwards(mountPoint: string, path: string): readonly string[] {
  const parts = path.split('/').filter(Boolean);
  return parts.map((_, index) => `${mountPoint}/${parts.slice(0, parts.length - index).join('/')}`).concat(mountPoint);
}

/** `cpu.max` of version 2: "200000 100000" or "max 100000". */
export function cpuQuota(cpuMax: string): number | undefined {
  const [quota, period] = cpuMax.trim().split(/\s+/).map(Number);
  return ratio(quota, period);
}

/** `cpu.cfs_quota_us` (-1: none) and `cpu.cfs_period_us` of version 1. */
export function cpuQuotaV1(quotaUs: string, periodUs: string): number | undefined {
  return ratio(Number(quotaUs.trim()), Number(periodUs.trim()));
}

function ratio(quota: number | undefined, period: number | undefined): number | undefined {
  if (quota === undefined || period === undefined || !(quota > 0) || !(period > 0)) return undefined;
  return quota / period;
}

/** `memory.max` or `memory.limit_in_bytes`; "max", and version 1's number near 2^63, are no limit. */
export function memoryLimit(text: string): number | undefined {
  const bytes = Number(text.trim());
  return Number.isFinite(bytes) && bytes > 0 && bytes < 2 ** 60 ? bytes : undefined;
}

/** Page cache that the kernel gives back first: `inactive_file` (version 2), `total_inactive_file` (version 1). */
export function reclaimable(memoryStat: string): number {
  return Number(
    /^(?:total_)?inactive_file (\d+)$/m.exec(
      memoryStat.replace(/^inactive_file \d+$(?=[\s\S]*^total_inactive_file )/m, ''),
    )?.[1] ?? 0,
  );
}
