import type { MachineKind } from './machine-kind.ts';
import type { Quality, Source } from './reading.ts';

/**
 * Which number is the frequency of a CPU, and what it is worth.
 *
 * | source | file | is |
 * |---|---|---|
 * | sysfs | cpuinfo_avg_freq | measured over a few milliseconds by the hardware's counters (kernels from 6.16 on) |
 * | sysfs | cpuinfo_cur_freq | what the hardware says; with a driver that asks the clock framework, what was set last |
 * | sysfs | scaling_cur_freq | what the driver asked for last, in most drivers |
 * | procfs | cpu MHz | measured where the CPU counts (aperfmperf) and is not virtual, else the rate of the time stamp counter |
 * | perf | cycles | cycles over the time that the CPU was not halted |
 *
 * The order is sysfs, procfs, perf; a nominal or synthetic number gives way to a better one further down. Whatever an
 * emulator counts is synthetic; where it is not known whether there is one, no counter is believed.
 * https://docs.kernel.org/admin-guide/pm/cpufreq.html
 */
export interface Frequency {
  readonly cpu: number;
  readonly hertz: number;
  readonly source: Source;
  readonly quality: Quality;
}

export const cpufreqFiles = ['cpuinfo_avg_freq', 'cpuinfo_cur_freq', 'scaling_cur_freq'] as const;

export type CpufreqFile = (typeof cpufreqFiles)[number];

/** What they call current is what they set: `clk_get_rate` of the clock framework. */
const driversThatRemember: readonly (string | undefined)[] = ['cpufreq-dt', 'spear-cpufreq', 'mediatek-cpufreq'];

/** undefined: the file says nothing that could be believed on such a machine. */
export function sysfsQuality(file: CpufreqFile, driver: string | undefined, machine: MachineKind): Quality | undefined {
  if (machine === 'emulator') return 'synthetic';
  if (file === 'scaling_cur_freq') return 'requested';
  if (machine === 'virtual') return undefined;
  return file === 'cpuinfo_cur_freq' && driversThatRemember.includes(driver) ? 'requested' : 'measured';
}

/** Hertz of a file in kHz; undefined for `<unknown>` and 0, which are nothing. */
export function parseKilohertz(text: string): number | undefined {
  const value = /^\d{1,9}\s*$/.test(text) ? Number(text) : 0;
  return value > 0 ? value * 1000 : undefined;
}

export interface CpuinfoEntry {
  readonly cpu: number;
  readonly megahertz?: number;
}

/** The text of /proc/cpuinfo; arm64 has no MHz line. */
export function parseCpuinfo(text: string): readonly CpuinfoEntry[] {
  const entries: { cpu: number; megahertz?: number }[] = [];
  for (const [, key, value] of text.matchAll(/^(processor|cpu MHz)\t*: (\d{1,9}(?:\.\d{1,9})?)$/gm)) {
    const last = entries.at(-1);
    if (key === 'processor') entries.push({ cpu: Number(value) });
    else if (last !== undefined && Number(value) > 0) last.megahertz = Number(value);
  }
  return entries;
}

export interface ProcessorModel {
  readonly modelName?: string;
  readonly flags?: ReadonlySet<string>;
}

/** Of the first CPU. */
export function parseProcessorModel(text: string): ProcessorModel {
  const value = (key: string) => new RegExp(`^${key}\\s*: (.*)$`, 'm').exec(text)?.[1];
  const [modelName, flags] = [value('model name'), value('flags')];
  return {
    ...(modelName === undefined ? {} : { modelName }),
    ...(flags === undefined ? {} : { flags: new Set(flags.split(' ')) }),
  };
}

/** What `cpu MHz` is worth. */
export function procfsQuality(flags: ReadonlySet<string> | undefined, machine: MachineKind): Quality {
  if (machine === 'emulator') return 'synthetic';
  return machine === 'physical' && flags?.has('aperfmperf') === true ? 'measured' : 'nominal';
}

/** Whether it tells of the moment, or is only a rated or emulated value. */
export const tellsTheMoment = ({ quality }: Frequency): boolean => quality === 'measured' || quality === 'requested';

/** The first that says something of the moment; else the first. */
export function chooseFrequency(candidates: readonly (Frequency | undefined)[]): Frequency | undefined {
  const found = candidates.filter((candidate) => candidate !== undefined);
  return found.find(tellsTheMoment) ?? found[0];
}
