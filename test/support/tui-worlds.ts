import type { ImageFacts } from '../../src/core/image-operations.ts';
import type { VmEvent } from '../../src/core/vm/vm-events.ts';
import type { VmSnapshot } from '../../src/core/vm/vm-snapshot.ts';
import type { UsageHistory } from '../../src/tui/state/usage-history.ts';
import { bootMarks, bootStart, markAt, readyVm } from './snapshots.ts';

const gib = 1024 ** 3;

export const fleetOfFour: readonly VmSnapshot[] = [
  readyVm({ memory: { residentBytes: 1.2 * gib, privateBytes: 0.9 * gib } }),
  readyVm({
    id: 'vm-0002',
    name: 'ci-1',
    template: { name: 'ci', id: 'template-1' },
    ports: [
      { guest: 22, host: 2223, purpose: 'ssh' },
      { guest: 80, host: 8080, purpose: 'user' },
    ],
    sshPort: 2223,
    memory: { residentBytes: 0.4 * gib, privateBytes: 0.1 * gib },
    pid: 4243,
  }),
  (({ pid: _, sshPort: __, ...vm }) => vm)(
    readyVm({
      id: 'vm-0003',
      name: 'kernel-panic-on-a-very-long-name',
      state: 'failed',
      summary: 'failed at init',
      ports: [],
      marks: bootMarks.slice(0, 4),
      failure: {
        at: bootStart + 7000,
        stage: 'init',
        code: 'guest.panic',
        message: 'the kernel panicked: not syncing: VFS: Unable to mount root fs',
        consoleTail: ['[    1.9] VFS: Cannot open root device', '[    2.0] Kernel panic - not syncing: VFS'],
        qemuTail: [],
      },
    }),
  ),
  readyVm({
    id: 'vm-0004',
    name: 'slow',
    state: 'booting',
    summary: 'booting',
    image: { id: 'almalinux-9', arch: 'x86_64', kind: 'vendor', level: 'signed' },
    marks: [markAt('process-started', 0, 'host'), markAt('kernel', 4000)],
    pid: 4245,
  }),
];

const steadyUsage = (pid: number, cpuPercents: readonly number[], residentBytes: number): UsageHistory => ({
  pid,
  last: { pid, at: bootStart + cpuPercents.length * 25_000, cpuSeconds: 10, residentBytes },
  points: cpuPercents.map((cpuPercent, index) => ({ at: bootStart + index * 25_000, cpuPercent, residentBytes })),
});

export const usageOfFour = new Map([
  ['vm-0001', steadyUsage(4242, [0, 20, 60, 120, 190, 200, 150, 80, 40, 12, 4, 2.5], 1.2 * gib)],
  ['vm-0002', steadyUsage(4243, [1, 1, 2, 1, 0.4], 0.4 * gib)],
  ['vm-0004', steadyUsage(4245, [180, 195, 199], 0.7 * gib)],
]);

export const eventAt = (generation: number, type: string, vm = 'build', vmId = 'vm-0001'): VmEvent => ({
  ...{ type, generation, vm, vmId, requestId: 'r1', runId: 'run-1' },
  timestamp: bootStart + generation * 1000,
});

export const twoImages: readonly ImageFacts[] = [
  {
    ...{ id: 'almalinux-9', arch: 'x86_64', name: 'AlmaLinux 9.8', kind: 'vendor', origin: 'shipped', level: 'signed' },
    ...{ trust: 'signed', sizeBytes: 600 * 1024 ** 2, ageDays: 40, verifiedDaysAgo: 3, stale: false },
  },
  {
    ...{
      id: 'debian-12',
      arch: 'x86_64',
      name: 'Debian 12, built here',
      kind: 'local',
      origin: 'shipped',
      level: 'local',
    },
    ...{ trust: 'local', stale: false },
    cached: { path: '/c/disk.qcow2', sizeBytes: 300 * 1024 ** 2, since: '2026-01-02T00:00:00Z', usedBy: ['build'] },
  },
] as const;
