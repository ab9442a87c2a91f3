import { describe, expect, it } from 'vitest';
import { type CycleSource, frequencyCollector } from '../../../src/checker/sources/frequency-collector.ts';
import { readMachineFacts } from '../../../src/checker/sources/machine-facts.ts';
import type { Frequency } from '../../../src/core/telemetry/cpu-frequency.ts';
import { machineKind } from '../../../src/core/telemetry/machine-kind.ts';
import type { Reading } from '../../../src/core/telemetry/reading.ts';
import { fixtureFiles, textsOf } from '../../fixtures/telemetry/fixture-texts.ts';

interface Changes {
  readonly files?: Readonly<Record<string, string>>;
  readonly without?: string;
  readonly cycles?: CycleSource;
}

function observe(machine: string, detectVirt: string | undefined, { files = {}, without, cycles }: Changes = {}) {
  const all = new Map([...fixtureFiles(machine), ...Object.entries(files)]);
  for (const path of all.keys()) if (without !== undefined && path.endsWith(without)) all.delete(path);
  const texts = textsOf(all);
  const facts = readMachineFacts(texts, detectVirt);
  const kind = machineKind(facts);
  const collector = frequencyCollector(texts, {
    machine: kind,
    ...(facts.flags === undefined ? {} : { flags: facts.flags }),
    ...(cycles === undefined ? {} : { cycles }),
  });
  const readings = collector.collect(1000) as readonly Reading[];
  const show = ({ attributes, value, source, quality }: Reading) =>
    `${attributes['cpu.logical_number'] ?? attributes['sysmonvm.aggregate'] ?? attributes['sysmonvm.collector']} ${value} ${source.file?.split('/').at(-1) ?? source.kind} ${quality}`;
  return { kind, readings, shown: readings.map(show) };
}

describe('the frequency of a CPU', () => {
  it('is what the driver asked for on a laptop with intel_pstate [R-61] [R-65] [R-67] [R-73] [R-100]', () => {
    const { kind, shown } = observe('laptop-x86_64', 'none');
    expect(kind).toBe('physical');
    expect(shown).toEqual([
      '0 3092761000 scaling_cur_freq requested',
      '1 800044000 scaling_cur_freq requested',
      '2 2711999000 scaling_cur_freq requested',
      '3 1200120000 scaling_cur_freq requested',
      'min 800044000 sysfs requested',
      'max 3092761000 sysfs requested',
      'avg 1951231000 sysfs requested',
    ]);
  });

  it('is measured in /proc/cpuinfo where the CPU counts and there is no cpufreq [R-63]', () => {
    const { shown } = observe('laptop-x86_64', 'none', { without: 'scaling_cur_freq' });
    expect(shown[0]).toBe('0 3092761000 cpuinfo measured');
    expect(shown.at(-1)).toBe('avg 1951231000 procfs measured');
  });

  it('is measured by an arm64 board; a clock that was only set is requested; unlike CPUs have clusters [R-67] [R-68] [R-70]', () => {
    const { kind, shown, readings } = observe('board-aarch64', 'none');
    expect(kind).toBe('physical');
    expect(shown).toEqual([
      '0 1008000000 cpuinfo_cur_freq requested',
      '1 1005732000 cpuinfo_avg_freq measured',
      '2 2208113000 cpuinfo_avg_freq measured',
      '3 2207845000 cpuinfo_avg_freq measured',
    ]);
    expect(readings.map(({ attributes }) => attributes['sysmonvm.cluster'])).toEqual([
      'cluster0',
      'cluster0',
      'cluster1',
      'cluster1',
    ]);
  });

  it('is only the rate of the time stamp counter in a KVM guest', () => {
    const { kind, shown, readings } = observe('kvm-x86_64', 'kvm');
    expect(kind).toBe('hypervisor');
    expect(shown.slice(0, 2)).toEqual(['0 2445428000 cpuinfo nominal', '1 2445428000 cpuinfo nominal']);
    expect(readings.some(({ attributes }) => 'sysmonvm.cluster' in attributes)).toBe(false);
  });

  it('is synthetic under emulation, whatever it looks like [R-67] [R-108]', () => {
    const { kind, readings } = observe('tcg-x86_64', 'qemu');
    expect(kind).toBe('emulator');
    expect(readings.length).toBeGreaterThan(0);
    expect(readings.every(({ quality }) => quality === 'synthetic')).toBe(true);
  });

  it('is known to be emulated without systemd-detect-virt, too', () => {
    expect(observe('tcg-x86_64', undefined).kind).toBe('emulator');
  });

  it('is absent, not 0, where nothing tells it [R-67]', () => {
    const { kind, readings } = observe('tcg-aarch64', 'qemu');
    expect(kind).toBe('virtual');
    expect(readings).toEqual([]);
  });

  it('is what a guest asked of its host with virtual-cpufreq', () => {
    const { kind, shown } = observe('virtual-cpufreq-aarch64', 'kvm');
    expect(kind).toBe('hypervisor');
    expect(shown.slice(0, 2)).toEqual([
      '0 614400000 scaling_cur_freq requested',
      '1 1785600000 scaling_cur_freq requested',
    ]);
  });

  it('is not believed to be counted where an emulator may do the counting', () => {
    const avg = '/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_avg_freq';
    const { kind, shown } = observe('virtual-cpufreq-aarch64', undefined, { files: { [avg]: '1000000' } });
    expect(kind).toBe('virtual');
    expect(shown[0]).toBe('0 614400000 scaling_cur_freq requested');
  });

  it('is absent for <unknown> and 0, and there is no aggregate of a part [R-69] [R-111]', () => {
    const scaling = (cpu: number) => `/sys/devices/system/cpu/cpu${cpu}/cpufreq/scaling_cur_freq`;
    const files = { [scaling(0)]: '<unknown>\n', [scaling(1)]: '0\n' };
    expect(observe('virtual-cpufreq-aarch64', 'kvm', { files }).readings).toEqual([]);
    const { shown } = observe('virtual-cpufreq-aarch64', 'kvm', { files: { [scaling(0)]: '<unknown>\n' } });
    expect(shown).toEqual(['1 1785600000 scaling_cur_freq requested']);
  });

  it('leaves out a CPU that is offline', () => {
    const files = { '/sys/devices/system/cpu/online': '0-1,3\n' };
    expect(observe('laptop-x86_64', 'none', { files }).shown.slice(0, 3)).toEqual([
      '0 3092761000 scaling_cur_freq requested',
      '1 800044000 scaling_cur_freq requested',
      '3 1200120000 scaling_cur_freq requested',
    ]);
  });
});

describe('perf as a source', () => {
  function counting(frequencies: readonly Frequency[]) {
    const asked: string[] = [];
    const cycles: CycleSource = {
      latest() {
        asked.push('latest');
        return new Map(frequencies.map((frequency) => [frequency.cpu, frequency]));
      },
      cpuSeconds: () => (asked.length === 0 ? undefined : 0.25),
      close: () => asked.push('close'),
    };
    return { cycles, asked };
  }
  const counted = (cpu: number): Frequency => ({
    cpu,
    hertz: 3_100_000_000,
    source: { kind: 'perf', file: 'cycles' },
    quality: 'measured',
  });

  it('is not started where cpufreq knows every CPU', () => {
    const { cycles, asked } = counting([]);
    observe('laptop-x86_64', 'none', { cycles });
    expect(asked).toEqual([]);
  });

  it('takes the place of a nominal value, CPU by CPU [R-64]', () => {
    const { cycles } = counting([counted(1)]);
    expect(observe('kvm-x86_64', 'kvm', { cycles }).shown).toEqual([
      '0 2445428000 cpuinfo nominal',
      '1 3100000000 cycles measured',
      'perf 0.25 stat measured',
    ]);
  });
});

describe('the kind of a machine', () => {
  it.each([
    [{}, 'virtual'],
    [{ flags: new Set(['fpu']) }, 'physical'],
    [{ flags: new Set(['fpu', 'hypervisor']) }, 'virtual'],
    [{ flags: new Set(['hypervisor']), clockSources: ['tsc', 'kvm-clock'] }, 'hypervisor'],
    [{ flags: new Set(['hypervisor']), detectVirt: 'qemu' }, 'emulator'],
    [{ detectVirt: 'qemu', vendor: 'QEMU' }, 'virtual'],
    [{ detectVirt: 'none', vendor: 'QEMU' }, 'virtual'],
    [{ detectVirt: 'apple' }, 'hypervisor'],
    [{ detectVirt: 'vm-other' }, 'virtual'],
    [{ boards: ['raspberrypi,4-model-b', 'brcm,bcm2711'] }, 'physical'],
    [{ boards: ['linux,dummy-virt'] }, 'virtual'],
  ] as const)('%o is %s', (facts, kind) => {
    expect(machineKind(facts)).toBe(kind);
  });
});
