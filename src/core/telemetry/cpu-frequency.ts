import type { Quality, Source } from './reading.ts';

/**
 * Which number is the frequency of a CPU, and what it is worth.
 *
 * | source | file | is |
 * |---|---|---|
 * | sysfs | cpuinfo_avg_freq | measured over a few milliseconds by the hardware's counters (kernels from 6.16 on) |
 * | sysfs | cpuinfo_cur_freq | what the hardware says |
 * | sysfs | scaling_cur_freq | what the driver asked for last, in most drivers |
 * | procfs | cpu MHz | measured where the CPU counts (aperfmperf) and is not virtual, else the rate of the time stamp counter |
 * | perf | cycles | cycles over the time that the CPU was not halted |
 *
 * The order is sysfs, procfs, perf; a nominal or synthetic number gives way to a better one further down. Whatever an
 * emulator counts is synthetic.
 * https://docs.kernel.org/admin-guide/pm/cpufreq.html
 */
export interface Frequency {
  readonly cpu: number;
  readonly hertz: number;
  readonly source: Source;
  readonly quality: Quality;
}

/** What kind of machine the kernel sees; `virtual` is one of which is not known whether its processor is emulated. */
export type MachineKind = 'physical' | 'hypervisor' | 'emulator' | 'virtual';

export interface MachineFacts {
  /** The answer of `systemd-detect-virt --vm`: `none`, `kvm`, `qemu` (the CPU calls itself an emulator), `apple` … */
  readonly detectVirt?: string;
  /** `model name` of /proc/cpuinfo. */
  readonly modelName?: string;
  /** `flags` of /proc/cpuinfo; arm64 has `Features`, which tell nothing about hypervisors. */
  readonly flags?: ReadonlySet<string>;
  /** /sys/class/dmi/id/sys_vendor. */
  readonly vendor?: string;
  /** /sys/devices/system/clocksource/clocksource0/available_clocksource. */
  readonly clockSources?: readonly string[];
}

/** On x86 `qemu` is the CPU's own word for its emulation; on arm64 it is only the name of the board. */
export function machineKind({ detectVirt, modelName, flags, vendor, clockSources }: MachineFacts): MachineKind {
  const isX86 = flags !== undefined;
  if (/\bTCG\b/.test(modelName ?? '')) return 'emulator';
  if (isX86 && detectVirt === 'qemu') return 'emulator';
  if (clockSources?.includes('kvm-clock') === true) return 'hypervisor';
  if (detectVirt !== undefined && !['none', 'qemu'].includes(detectVirt)) return 'hypervisor';
  if (detectVirt === 'qemu' || vendor === 'QEMU') return 'virtual';
  if (flags?.has('hypervisor') === true) return 'virtual';
  return 'physical';
}

/** Texts of one CPU; a file that is not there or cannot be read is absent. */
export interface FrequencyTexts {
  readonly cpu: number;
  readonly directory: string;
  readonly cpuinfoAvg?: string;
  readonly cpuinfoCur?: string;
  readonly scalingCur?: string;
}

const kilohertz = (text: string | undefined) => {
  const value = /^\d+$/.test(text?.trim() ?? '') ? Number(text) : 0;
  return value > 0 ? value * 1000 : undefined;
};

/** undefined: cpufreq says nothing of this CPU (`<unknown>` and 0 are nothing as well). */
export function sysfsFrequency(texts: FrequencyTexts, machine: MachineKind): Frequency | undefined {
  const files = [
    ['cpuinfo_avg_freq', texts.cpuinfoAvg, 'measured'],
    ['cpuinfo_cur_freq', texts.cpuinfoCur, 'measured'],
    ['scaling_cur_freq', texts.scalingCur, 'requested'],
  ] as const;
  for (const [file, text, quality] of files) {
    const hertz = kilohertz(text);
    if (hertz === undefined) continue;
    return {
      cpu: texts.cpu,
      hertz,
      source: { kind: 'sysfs', file: `${texts.directory}/${file}` },
      quality: machine === 'emulator' ? 'synthetic' : quality,
    };
  }
  return undefined;
}

export interface CpuinfoEntry {
  readonly cpu: number;
  readonly megahertz?: number;
  readonly modelName?: string;
  readonly flags?: ReadonlySet<string>;
}

/** The text of /proc/cpuinfo; arm64 has no MHz line. */
export function parseCpuinfo(text: string): readonly CpuinfoEntry[] {
  return text.split(/\n\s*\n/).flatMap((block) => {
    const value = (key: string) => new RegExp(`^${key}\\s*:\\s*(.*)$`, 'm').exec(block)?.[1];
    const processor = value('processor');
    if (processor === undefined || !/^\d+$/.test(processor)) return [];
    const [megahertz, modelName, flags] = [value('cpu MHz'), value('model name'), value('flags')];
    return [
      {
        cpu: Number(processor),
        ...(megahertz === undefined || !(Number(megahertz) > 0) ? {} : { megahertz: Number(megahertz) }),
        ...(modelName === undefined ? {} : { modelName }),
        ...(flags === undefined ? {} : { flags: new Set(flags.split(' ')) }),
      },
    ];
  });
}

export function procfsFrequency(entry: CpuinfoEntry, machine: MachineKind): Frequency | undefined {
  if (entry.megahertz === undefined) return undefined;
  const counts = machine === 'physical' && entry.flags?.has('aperfmperf') === true;
  return {
    cpu: entry.cpu,
    hertz: Math.round(entry.megahertz * 1e6),
    source: { kind: 'procfs', file: '/proc/cpuinfo' },
    quality: machine === 'emulator' ? 'synthetic' : counts ? 'measured' : 'nominal',
  };
}

/** The first that says something of the moment; else the first. */
export function chooseFrequency(candidates: readonly (Frequency | undefined)[]): Frequency | undefined {
  const found = candidates.filter((candidate) => candidate !== undefined);
  return found.find(({ quality }) => quality === 'measured' || quality === 'requested') ?? found[0];
}
