import { describe, expect, it } from 'vitest';
import { mediumHost } from '../../../src/app/measure/medium-host.ts';
import type { GuestArch, HostFacts } from '../../../src/core/host-facts.ts';
import type { BootMediumRequest, MediumArch } from '../../../src/core/measure/boot-medium.ts';
import type { ProcessRunner, RunResult } from '../../../src/core/ports/process-runner.ts';
import { hostFacts } from '../../support/plan-fixtures.ts';

const call = { signal: new AbortController().signal };
const request: BootMediumRequest = {
  ...{ arch: 'i386', medium: {}, markers: 'linux', timeoutMs: 1000, outputDirectory: '/out' },
};

function hostWith(
  programs: Readonly<Record<string, RunResult>>,
  facts: Partial<HostFacts> = {},
  hostArch: GuestArch = 'x86_64',
) {
  const runner = {
    which: async (tool: string) => (tool in programs ? `/usr/bin/${tool}` : undefined),
    run: async (path: string) => programs[path.replace('/usr/bin/', '')] ?? Promise.reject(new Error(path)),
  } as unknown as ProcessRunner;
  const { accelerator: _, ...base } = hostFacts('linux', hostArch);
  return {
    hostArch,
    runner: async () => runner,
    facts: async () => ({
      collect: async (guestArch: GuestArch) => ({ ...base, guestArch, ...facts }),
      probeAccelerator: async () => undefined,
    }),
  };
}
const said = (stdout: string, exitCode = 0, stderr = ''): RunResult => ({ stdout, stderr, exitCode });
const version = said('QEMU emulator version 8.2.2 (Debian)');
const usable = { accelerator: { name: 'kvm', usable: true, reason: 'guest code ran' } } as const;

describe('what a host offers for a medium', () => {
  it.each([
    ['i386', 'x86_64', 'kvm'],
    ['x86_64', 'x86_64', 'kvm'],
    ['aarch64', 'x86_64', 'tcg'],
    ['arm', 'x86_64', 'tcg'],
    ['i386', 'aarch64', 'tcg'],
    ['aarch64', 'aarch64', 'kvm'],
    ['arm', 'aarch64', 'tcg'],
  ] as const)('%s on %s is run by %s where acceleration works [M-41]', async (arch, hostArch, expected) => {
    const programs = { 'qemu-system-i386': version, 'qemu-system-arm': version };
    const host = await mediumHost(hostWith(programs, usable, hostArch), call, arch, request);
    expect(host.accelerator).toBe(expected);
    expect(host.acceleratorReason).not.toBe('');
  });

  it('is emulation, and says so, when it was asked for or nothing else works [M-41] [M-50]', async () => {
    const programs = { 'qemu-system-i386': version };
    const asked: BootMediumRequest = { ...request, machine: { accelerator: 'tcg' } };
    expect(await mediumHost(hostWith(programs, usable), call, 'i386', asked)).toMatchObject({
      accelerator: 'tcg',
      acceleratorReason: 'emulated because it was asked for',
      qemuVersion: '8.2.2',
    });
    const broken = { accelerator: { name: 'kvm', usable: false, reason: '/dev/kvm may not be opened' } } as const;
    expect(await mediumHost(hostWith(programs, broken), call, 'i386', request)).toMatchObject({
      accelerator: 'tcg',
      acceleratorReason: '/dev/kvm may not be opened',
    });
  });

  it.each([
    ['arm', 'qemu-system-arm'],
    ['i386', 'qemu-system-i386'],
  ] as const)('is refused for %s without its QEMU, which is named [M-04]', async (arch: MediumArch, tool) => {
    await expect(mediumHost(hostWith({}), call, arch, request)).rejects.toMatchObject({
      code: 'host.tool-missing',
      kind: 'host',
      details: { tool },
    });
  });

  it('is that of the image when QEMU runs in a container, or why it has none [M-02]', async () => {
    const inContainer: BootMediumRequest = { ...request, container: { engine: 'podman', image: 'qemu:1' } };
    await expect(mediumHost(hostWith({}), call, 'arm', inContainer)).rejects.toMatchObject({
      code: 'host.tool-missing',
      details: { tool: 'podman' },
    });
    const without = hostWith({ podman: said('', 125, 'qemu:1: image not known') });
    await expect(mediumHost(without, call, 'arm', inContainer)).rejects.toMatchObject({
      code: 'host.tool-failed',
      message: expect.stringContaining('image not known'),
    });
    const host = await mediumHost(hostWith({ podman: version }), call, 'arm', inContainer);
    expect(host).toMatchObject({ qemuPath: 'qemu-system-arm', qemuVersion: '8.2.2' });
  });

  it('has a program that pins, or says that it has none', async () => {
    const pinned: BootMediumRequest = { ...request, machine: { pinnedCpus: [0] } };
    await expect(mediumHost(hostWith({ 'qemu-system-i386': version }), call, 'i386', pinned)).rejects.toMatchObject({
      code: 'host.tool-missing',
      details: { tool: 'taskset' },
    });
  });
});
