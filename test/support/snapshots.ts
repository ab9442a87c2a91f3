import type { VmSnapshot } from '../../src/core/vm/vm-snapshot.ts';
import type { BootMark, MarkName } from '../../src/core/vm/vm-state.ts';

export const bootStart = Date.UTC(2026, 0, 2, 3, 4, 5);

export function markAt(name: MarkName, afterMs: number, source: BootMark['source'] = 'console'): BootMark {
  return { name, at: bootStart + afterMs, source };
}

export const bootMarks: readonly BootMark[] = [
  markAt('process-started', 0, 'host'),
  markAt('qmp-greeting', 150, 'qmp'),
  markAt('firmware', 900),
  markAt('kernel', 4000),
  markAt('init', 6000),
  markAt('ssh-banner', 9000, 'ssh'),
  markAt('ready', 12_400, 'guest'),
];

/** A VM that is ready; a test changes what it is about. */
export function readyVm(change: Partial<VmSnapshot> = {}): VmSnapshot {
  return {
    id: 'vm-0001',
    name: 'build',
    generation: 7,
    state: 'ready',
    summary: 'ready',
    createdAt: bootStart - 60_000,
    ephemeral: false,
    image: { id: 'debian-12', arch: 'x86_64', kind: 'local', level: 'local', digest: `sha256:${'ab'.repeat(32)}` },
    arch: 'x86_64',
    accelerator: 'tcg',
    cpus: 2,
    memoryMib: 2048,
    diskGib: 40,
    network: 'user',
    pid: 4242,
    ports: [{ guest: 22, host: 2222, purpose: 'ssh' }],
    sshPort: 2222,
    user: 'sysmon',
    marks: bootMarks,
    warnings: ['emulation instead of acceleration: no /dev/kvm'],
    qemu: { version: '7.2.22', digest: `sha256:${'cd'.repeat(32)}` },
    directory: '/w/vms/vm-0001',
    diskUsageBytes: 300 * 1024 * 1024,
    ...change,
  };
}
