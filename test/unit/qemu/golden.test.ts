import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { GuestArch, HostFacts } from '../../../src/core/host-facts.ts';
import type { VmPlan } from '../../../src/core/plan/vm-plan.ts';
import { qemuArguments } from '../../../src/core/qemu/qemu-arguments.ts';
import { hostFacts, keptResources, planFor, socketsIn } from '../../support/plan-fixtures.ts';

/** The argument lists as files, one argument (or option and value) a line. SYSMONVM_UPDATE_GOLDEN=1 writes them anew. */
const update = process.env['SYSMONVM_UPDATE_GOLDEN'] === '1';
const folder = new URL('../../golden/qemu/', import.meta.url);

interface Case {
  readonly name: string;
  readonly host: HostFacts;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly ephemeral?: boolean;
  readonly kernelCommandLine?: string;
}

const linuxX86 = hostFacts('linux', 'x86_64');
const cases: readonly Case[] = [
  ...matrix(),
  { name: 'network-none', host: linuxX86, flags: { network: 'none' } },
  { name: 'network-bridged-linux', host: linuxX86, flags: { network: 'bridged', bridge: 'virbr0' } },
  { name: 'network-bridged-macos', host: hostFacts('darwin', 'aarch64'), flags: { network: 'bridged' } },
  { name: 'network-forwards', host: linuxX86, flags: { port: ['8080:80', '50110:50110'] } },
  {
    name: 'direct-x86_64',
    host: linuxX86,
    flags: { image: 'tiny', accel: 'tcg' },
    kernelCommandLine: 'console=ttyS0 root=/dev/vda, rw',
  },
  {
    name: 'direct-aarch64',
    host: hostFacts('linux', 'x86_64', 'aarch64'),
    flags: { image: 'debian-12', arch: 'aarch64' },
    kernelCommandLine: 'console=ttyAMA0',
  },
  { name: 'ephemeral-sizes', host: linuxX86, flags: { cpus: '2', memory: '2G' }, ephemeral: true },
];

/** Every combination that can exist: hvf on macOS, kvm on Linux, each only for guests of the host's architecture. */
function matrix(): Case[] {
  const archs: readonly GuestArch[] = ['x86_64', 'aarch64'];
  return (['linux', 'darwin'] as const).flatMap((platform) =>
    (platform === 'darwin' ? (['aarch64'] as const) : archs).flatMap((arch) =>
      archs.flatMap((guest) =>
        [...(arch === guest ? [platform === 'darwin' ? 'hvf' : 'kvm'] : []), 'tcg'].map((accel) => ({
          name: `${platform === 'darwin' ? 'macos' : 'linux'}-${arch}-runs-${guest}-${accel}`,
          host: hostFacts(platform, arch, guest),
          flags: { arch: guest, accel },
        })),
      ),
    ),
  );
}

function leases(plan: VmPlan) {
  return plan.ports.map(({ guest, host, purpose }) => ({ guest, host: host ?? 40_000, purpose }));
}

function listOf({ host, flags, ephemeral, kernelCommandLine }: Case): string[] {
  const cachedImage = {
    digest: `sha256:${'4'.repeat(64)}`,
    virtualSizeBytes: 10 * 1024 ** 3,
    ...(kernelCommandLine === undefined ? {} : { kernelCommandLine }),
  };
  const plan = planFor(flags, host, { ephemeral, cachedImage, name: 'myvm' });
  return qemuArguments(plan, keptResources('/w/vms/a,b'), {
    ports: leases(plan),
    sockets: socketsIn('/run/s'),
    logDirectory: '/w/vms/a,b/runs/1',
  });
}

/** Options with their values, one a line, as they would be typed. */
function text(args: readonly string[]): string {
  return `${args.join('\n').replace(/\n(?!-[a-z])/g, ' ')}\n`;
}

describe('QEMU argument lists [R-31] [R-32] [R-33] [R-34] [R-35] [R-36] [R-37] [R-38] [R-44]', () => {
  it.each(cases)('$name', (one) => {
    const file = new URL(`${one.name}.txt`, folder);
    const now = text(listOf(one));
    if (update) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, now);
    }
    expect(existsSync(file), `${file.pathname} is missing; run with SYSMONVM_UPDATE_GOLDEN=1`).toBe(true);
    expect(now).toBe(readFileSync(file, 'utf8'));
  });

  it('has no file without a case', () => {
    expect(readdirSync(folder).sort()).toEqual(cases.map(({ name }) => `${name}.txt`).sort());
  });

  it.each(cases)('$name keeps the rules that hold for all', (one) => {
    const args = listOf(one);
    const all = args.join(' ');
    expect(args.filter((arg) => arg === '-accel').length).toBe(1);
    expect(all).not.toMatch(/,accel=/);
    expect(all).toContain('-nodefaults -no-user-config');
    for (const forward of all.match(/hostfwd=[^, ]*/g) ?? [])
      expect(forward).toMatch(/^hostfwd=tcp:127\.0\.0\.1:\d+-:\d+$/);
    for (const drive of args.filter((_, index) => args[index - 1] === '-drive'))
      expect(drive).toMatch(/,format=(qcow2|raw),/);
    for (const card of args.filter((arg) => arg.startsWith('virtio-net-pci'))) expect(card).toMatch(/,romfile=$/);
    if (/-cpu host/.test(all)) expect(all).toMatch(/-accel (kvm|hvf)/);
    const whole = new Set(['-kernel', '-initrd', '-append']);
    for (const [index, arg] of args.entries()) if (!whole.has(args[index - 1] ?? '')) expect(arg).not.toContain('a,b');
  });
});
