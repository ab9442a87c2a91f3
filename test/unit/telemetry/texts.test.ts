import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containerOf, parseByteCount, parseCgroupCpu, parseCpuMax } from '../../../src/core/telemetry/cgroup.ts';
import { parseCpuinfo, parseKilohertz, parseProcessorModel } from '../../../src/core/telemetry/cpu-frequency.ts';
import { parseCpuList } from '../../../src/core/telemetry/cpu-list.ts';
import { parseMountinfo, realFileSystems } from '../../../src/core/telemetry/mountinfo.ts';
import { countConnections, parseDiskstats, parseNetDev } from '../../../src/core/telemetry/proc-devices.ts';
import {
  memoryUse,
  pageFaults,
  parseLoadavg,
  parseMeminfo,
  parsePressure,
  parseVmstat,
} from '../../../src/core/telemetry/proc-memory.ts';
import { parsePidStat, residentBytes } from '../../../src/core/telemetry/proc-pid.ts';
import { fixtureFiles } from '../../fixtures/telemetry/fixture-texts.ts';

const hex = 'ab'.repeat(32);

describe('the path of a cgroup', () => {
  it.each([
    [`/system.slice/docker-${hex}.scope`, { id: hex, runtime: 'docker' }],
    [`/docker/${hex}`, { id: hex, runtime: 'docker' }],
    [`/machine.slice/libpod-${hex}.scope`, { id: hex, runtime: 'podman' }],
    [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${hex}.scope`, { id: hex, runtime: 'podman' }],
    [`/libpod_parent/libpod-${hex}`, { id: hex, runtime: 'podman' }],
    [`/system.slice/nerdctl-${hex}.scope`, { id: hex, runtime: 'containerd' }],
    [`/default/${hex}`, { id: hex, runtime: 'containerd' }],
    [`/kubepods.slice/kubepods-pod1.slice/cri-containerd-${hex}.scope`, { id: hex, runtime: 'containerd' }],
    [`/kubepods.slice/kubepods-pod1.slice/crio-${hex}.scope`, { id: hex, runtime: 'cri-o' }],
    [`/kubepods/burstable/pod1/${hex}`, { id: hex }],
    ['/user.slice/crun-web.1.scope', { id: 'web.1', runtime: 'crun' }],
    ['/lxc.payload.web-1', { id: 'web-1', runtime: 'lxc' }],
    ['/lxc/web-1', { id: 'web-1', runtime: 'lxc' }],
    [`/machine.slice/libpod-conmon-${hex}.scope`, undefined],
    [`/system.slice/crio-conmon-${hex}.scope`, undefined],
    ['/lxc.monitor.web-1', undefined],
    ['/system.slice/docker.service', undefined],
    [`/docker/${hex}/init`, undefined],
    ['', undefined],
  ])('%s', (path, name) => {
    expect(containerOf(path)).toEqual(name);
  });
});

describe('a list of CPUs', () => {
  it.each([
    ['0-3,6\n', [0, 1, 2, 3, 6]],
    ['0', [0]],
    ['', undefined],
    ['a-b', undefined],
    ['0-', undefined],
  ])('%j', (text, cpus) => {
    expect(parseCpuList(text)).toEqual(cpus);
  });
});

/** Every parser, as a function to the numbers that it gives. */
const parsers: Readonly<Record<string, (text: string) => readonly unknown[]>> = {
  meminfo: (text) => [...parseMeminfo(text).values()],
  'use of memory': (text) => Object.values(memoryUse(parseMeminfo(text)) ?? {}),
  vmstat: (text) => [...parseVmstat(text).values(), ...Object.values(pageFaults(parseVmstat(text)) ?? {})],
  loadavg: (text) => parseLoadavg(text) ?? [],
  pressure: (text) => Object.values(parsePressure(text) ?? {}),
  diskstats: (text) => parseDiskstats(text, () => true).flatMap((disk) => Object.values(disk)),
  'net/dev': (text) => parseNetDev(text).flatMap(({ receive, transmit }) => [receive, transmit].flatMap(Object.values)),
  'net/tcp': (text) => [...countConnections([text]).values()],
  cpuinfo: (text) => parseCpuinfo(text).flatMap((entry) => Object.values(entry)),
  'model of the processor': (text) => Object.values(parseProcessorModel(text)),
  kilohertz: (text) => [parseKilohertz(text)],
  'stat of a process': (text) => Object.values(parsePidStat(text) ?? {}),
  'status of a process': (text) => [residentBytes(text)],
  'cpu.stat': (text) => Object.values(parseCgroupCpu(text) ?? {}),
  'cpu.max': (text) => [parseCpuMax(text)],
  'memory.current': (text) => [parseByteCount(text)],
  mountinfo: (text) => realFileSystems(parseMountinfo(text)),
};

/** Real texts with something changed: most random texts are refused at the first look. */
const damaged = (texts: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(40), fc.oneof(fc.string({ maxLength: 9 }), fc.nat().map(String)))
    .map(([text, place, length, put]) => {
      const start = text.length === 0 ? 0 : place % text.length;
      return text.slice(0, start) + put + text.slice(start + length);
    });

describe('the text of', () => {
  const real = ['tcg-x86_64', 'kvm-x86_64', 'throttled-x86_64'].flatMap((name) => [...fixtureFiles(name).values()]);

  it.each(Object.entries(parsers))('%s is never answered by an exception, nor by a number that is none', (_, parse) => {
    fc.assert(
      fc.property(fc.oneof(damaged(real), fc.string()), (text) => {
        for (const value of parse(text))
          if (typeof value === 'number') {
            expect(Number.isFinite(value)).toBe(true);
            expect(value).toBeGreaterThanOrEqual(0);
          }
      }),
    );
  });

  it('nothing is nothing', () => {
    for (const parse of Object.values(parsers))
      for (const text of ['', '\n', 'Permission denied\n'])
        expect(parse(text).filter((value) => value !== undefined)).toEqual([]);
  });
});
