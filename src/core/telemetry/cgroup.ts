/** Containers as cgroup v2 shows them: by their path, without asking a runtime. */
export interface ContainerName {
  readonly id: string;
  /** undefined: the path is one that several runtimes use. */
  readonly runtime?: string;
}

const id = '([0-9a-f]{64})';

/**
 * How runtimes name the cgroup of a container. What watches over one (`libpod-conmon-…`, `crio-conmon-…`,
 * `lxc.monitor.…`) is none.
 */
const patterns: readonly (readonly [RegExp, string | undefined])[] = [
  [new RegExp(`/docker-${id}\\.scope$`), 'docker'],
  [new RegExp(`/docker/${id}$`), 'docker'],
  [new RegExp(`/libpod-${id}(?:\\.scope)?$`), 'podman'],
  [new RegExp(`/(?:cri-containerd|nerdctl)-${id}\\.scope$`), 'containerd'],
  [new RegExp(`/(?:default|k8s\\.io|moby)/${id}$`), 'containerd'],
  [new RegExp(`/crio-${id}(?:\\.scope)?$`), 'cri-o'],
  [/\/crun-([\w.-]+)\.scope$/, 'crun'],
  [/\/runc-([\w.-]+)\.scope$/, 'runc'],
  [/\/lxc\.payload[./]([\w.-]+)$/, 'lxc'],
  [/\/lxc\/([\w.-]+)$/, 'lxc'],
  [new RegExp(`/kubepods[^/]*/.*${id}$`), undefined],
];

/** @param path below the root of cgroup v2, with a leading slash. */
export function containerOf(path: string): ContainerName | undefined {
  for (const [pattern, runtime] of patterns) {
    const found = pattern.exec(path)?.[1];
    if (found !== undefined) return { id: found, ...(runtime === undefined ? {} : { runtime }) };
  }
  return undefined;
}

export interface CgroupCpu {
  readonly usageSeconds: number;
  readonly userSeconds: number;
  readonly systemSeconds: number;
  /** Only with the cpu controller. */
  readonly throttledSeconds?: number;
}

/** The text of `cpu.stat`. https://docs.kernel.org/admin-guide/cgroup-v2.html */
export function parseCgroupCpu(text: string): CgroupCpu | undefined {
  const value = (key: string) => {
    const found = new RegExp(`^${key} (\\d{1,18})$`, 'm').exec(text)?.[1];
    return found === undefined ? undefined : Number(found) / 1e6;
  };
  const [usage, user, system] = [value('usage_usec'), value('user_usec'), value('system_usec')];
  const throttled = value('throttled_usec');
  if (usage === undefined || user === undefined || system === undefined) return undefined;
  return {
    usageSeconds: usage,
    userSeconds: user,
    systemSeconds: system,
    ...(throttled === undefined ? {} : { throttledSeconds: throttled }),
  };
}

/** CPUs that a cgroup may use, from `cpu.max`; undefined: no quota. */
export function parseCpuMax(text: string): number | undefined {
  const match = /^(\d{1,15}) (\d{1,15})\s*$/.exec(text);
  return match === null || Number(match[2]) === 0 ? undefined : Number(match[1]) / Number(match[2]);
}

/** `memory.current`. */
export function parseByteCount(text: string): number | undefined {
  return /^\d{1,18}\s*$/.test(text) ? Number(text) : undefined;
}
