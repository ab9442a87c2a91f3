import { describe, expect, it } from 'vitest';
import type { Fingerprint } from '../../../../src/core/measure/fingerprint.ts';
import { compareFingerprints, type DifferenceName } from '../../../../src/core/measure/judging/compare-fingerprints.ts';
import { compareResults } from '../../../../src/core/measure/judging/compare-results.ts';
import { seededRandom } from '../../../../src/core/measure/statistics/seeded-random.ts';
import {
  bootSeries,
  fingerprint,
  lognormalBoots,
  measured,
  plainWishes,
  resultSet,
} from '../../../support/measured-results.ts';

const machine = fingerprint.machine as NonNullable<Fingerprint['machine']>;
const onHost = (host: Partial<Fingerprint['host']>): Fingerprint => ({
  ...fingerprint,
  host: { ...fingerprint.host, ...host },
});
const inMachine = (changed: Partial<typeof machine>): Fingerprint => ({
  ...fingerprint,
  machine: { ...machine, ...changed },
});
const { machine: _machine, ...withoutMachine } = fingerprint;

describe('fingerprints', () => {
  const forbidding: readonly (readonly [DifferenceName, Fingerprint])[] = [
    ['host-cpu', onHost({ cpuModel: 'Intel Xeon' })],
    ['host-cpus', onHost({ cpuCount: 4 })],
    ['host-memory', onHost({ memoryMib: 16_000 })],
    ['host-platform', onHost({ platform: 'darwin' })],
    ['host-arch', onHost({ arch: 'aarch64' })],
    ['machine', withoutMachine],
    ['arch', inMachine({ arch: 'aarch64' })],
    ['accelerator', inMachine({ accelerator: 'kvm' })],
    ['emulation', inMachine({ emulated: false })],
    ['machine-type', inMachine({ machineType: 'pc-i440fx-7.2' })],
    ['cpu', inMachine({ cpuModel: 'host' })],
    ['cpus', inMachine({ cpus: 4 })],
    ['memory', inMachine({ memoryMib: 2048 })],
    ['firmware', inMachine({ firmware: 'uefi' })],
  ];

  it.each(forbidding)('%s: not comparable, unless it is accepted by name [H-32] [H-59]', (name, other) => {
    const { incomparable } = compareFingerprints(fingerprint, other, []);
    expect(incomparable).toEqual([expect.stringContaining('in the baseline')]);
    const accepted = compareFingerprints(fingerprint, other, [name]);
    expect(accepted).toEqual({ incomparable: [], notes: [`${incomparable[0]} (accepted: ${name})`] });
  });

  it.each([
    ['kernel', onHost({ release: '6.12.0' })],
    ['QEMU', inMachine({ qemuVersion: '9.0', machineType: 'pc-q35-9.0' })],
    ['container', inMachine({ container: 'podman sysmonvm-qemu' })],
    ['tools', { ...fingerprint, tools: { sysmonvm: '0.2.0' } }],
  ])('another %s is told and does not forbid it', (words, other) => {
    const { incomparable, notes } = compareFingerprints(fingerprint, other, []);
    expect([incomparable, notes]).toEqual([[], [expect.stringContaining(words)]]);
  });

  it('the memory that a kernel counts moves a little', () => {
    expect(compareFingerprints(fingerprint, onHost({ memoryMib: 7950 }), []).incomparable).toEqual([]);
  });
});

describe('sides that may not be judged', () => {
  const boots = lognormalBoots(seededRandom(8, 'sides'), 20, 0.02);
  const slower = boots.map((value) => value * 1.3);

  it('end inconclusive, never passed and never regressed, with the numbers shown [H-32]', () => {
    const native = resultSet([bootSeries(slower)], { fingerprint: inMachine({ accelerator: 'kvm', emulated: false }) });
    const { verdict, reasons, series } = compareResults(measured(boots), measured(native), plainWishes);
    expect([verdict, reasons[0]]).toEqual([
      'inconclusive',
      'Not comparable: accelerator: tcg in the baseline, kvm now.',
    ]);
    expect(series[0]).toMatchObject({ change: 'inconclusive', reason: expect.stringContaining('Not judged') });
    const accept = ['accelerator', 'emulation'] as const;
    const accepted = compareResults(measured(boots), measured(native), { ...plainWishes, accept });
    expect([accepted.verdict, accepted.notes.length]).toEqual(['regressed', 2]);
  });

  it('another architecture forbids it also where hardware is not known; another guest is told', () => {
    const side = (arch: string, guest: string) => {
      const { side: known, ...rest } = measured(resultSet([bootSeries(boots)], { arch, guest }));
      const { fingerprint: _unknown, ...unknown } = known;
      return { ...rest, side: unknown };
    };
    const other = compareResults(side('i386', 'minix'), side('arm', 'minix'), plainWishes);
    expect(other.incomparable).toEqual(['architecture: i386 in the baseline, arm now']);
    const guests = compareResults(side('i386', 'minix'), side('i386', 'sis'), plainWishes);
    expect([guests.verdict, guests.notes[0]]).toEqual(['passed', 'guest: minix in the baseline, sis now']);
    expect(guests.notes[1]).toBe('on what it was measured is not known of result.json and result.json');
  });
});
