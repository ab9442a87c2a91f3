/** What the probe found: of the guest itself, and of a container in each runtime. */
export interface View {
  /** Files of cpufreq that can be read, by logical number of the CPU. */
  readonly cpus: readonly { readonly cpu: number; readonly cpufreq: readonly string[] }[];
  /** Lines `cpu MHz` of /proc/cpuinfo; arm64 has none. */
  readonly cpuinfoMhzLines: number;
}

export interface RuntimeFinding {
  readonly name: string;
  /** `refuses`: it is installed and does not answer. */
  readonly state: 'answers' | 'refuses';
  /** The version, or what it said instead. */
  readonly answer: string;
  /** What a container of it sees; absent when none was started. */
  readonly container?: View | { readonly failed: string };
}

export interface Probe {
  readonly guest: View;
  readonly governors: readonly string[];
  readonly perf: 'counts' | 'no-event' | 'absent';
  readonly virtualisation?: string;
  readonly runtimes: readonly RuntimeFinding[];
}

const words = (text: string | undefined) => (text ?? '').split(/[\s,]+/).filter((word) => word !== '');

function viewOf(rows: readonly (readonly string[])[]): View {
  const cpus = rows
    .filter(([key]) => key === 'cpu')
    .map(([, cpu, files]) => ({ cpu: Number(cpu), cpufreq: words(files) }));
  const lines = rows.find(([key]) => key === 'mhz')?.[1];
  return { cpus: cpus.sort((a, b) => a.cpu - b.cpu), cpuinfoMhzLines: Number(lines ?? 0) };
}

export function readProbe(text: string): Probe {
  const rows = text.split('\n').map((line) => line.split('\t'));
  const of = (key: string) => rows.filter(([first]) => first === key);
  const perf = of('perf')[0]?.[1];
  const virtualisation = of('virt')[0]?.[1];
  return {
    guest: viewOf(rows),
    governors: words(of('governors')[0]?.[1]),
    perf: perf === 'counts' || perf === 'no-event' ? perf : 'absent',
    ...(virtualisation === undefined || virtualisation === '' ? {} : { virtualisation }),
    runtimes: of('runtime').map(([, name = '', state, answer = '']) => {
      const inside = of('in')
        .filter(([, runtime]) => runtime === name)
        .map((row) => row.slice(2));
      const failed = inside.find(([key]) => key === 'failed')?.[1];
      return {
        name,
        state: state === 'answers' ? 'answers' : 'refuses',
        answer,
        ...(inside.length === 0 ? {} : { container: failed === undefined ? viewOf(inside) : { failed } }),
      };
    }),
  };
}

export interface Mitigation {
  readonly name: string;
  readonly how: string;
  readonly givesAway: string;
}

/** In the order in which they should be tried. */
export const mitigations: readonly Mitigation[] = [
  {
    name: 'read-only bind mount',
    how: '--volume /sys/devices/system/cpu:/sys/devices/system/cpu:ro',
    givesAway: 'number, layout and frequency of all CPUs; nothing can be changed',
  },
  {
    name: 'PID namespace of the guest',
    how: '--pid host',
    givesAway: 'all processes with their command lines; who is root in the container can end them',
  },
  {
    name: 'privileged container',
    how: '--privileged',
    givesAway: 'every device and capability: root in the container is root of the guest',
  },
];

/** A container sees less of cpufreq than the guest does. What the guest itself has not, nothing gives to a container. */
export function isHidden(guest: View, container: View): boolean {
  const files = (view: View) => view.cpus.reduce((sum, { cpufreq }) => sum + cpufreq.length, 0);
  return files(container) < files(guest);
}
