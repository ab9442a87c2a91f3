import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../src/core/config/resolve-config.ts';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import type { HostFacts } from '../../../src/core/host-facts.ts';
import { chooseArch } from '../../../src/core/plan/choose-image.ts';
import { makePlan } from '../../../src/core/plan/make-plan.ts';
import { parseConfigText } from '../../../src/host/store/config-file.ts';
import { hostFacts, planFor, shippedLock } from '../../support/plan-fixtures.ts';

const linux = hostFacts('linux', 'x86_64');
const mac = hostFacts('darwin', 'aarch64');
const unusable: HostFacts = {
  ...linux,
  accelerator: { name: 'kvm', usable: false, reason: '/dev/kvm exists but guest code did not answer' },
};
const without = (host: HostFacts, ...keys: readonly (keyof HostFacts)[]): HostFacts => {
  const copy: Partial<HostFacts> = { ...host };
  for (const key of keys) delete copy[key];
  return copy as HostFacts;
};

function failure(run: () => unknown): SysmonvmError {
  try {
    run();
  } catch (error) {
    if (error instanceof SysmonvmError) return error;
    throw error;
  }
  throw new Error('did not fail');
}

describe('makePlan', () => {
  it('plans the defaults on a Mac with Apple silicon [R-05] [R-06] [R-30] [R-31] [R-32] [R-33] [R-34] [R-44]', () => {
    const plan = planFor({}, mac);
    expect(plan).toMatchObject({
      name: 'sysmonvm',
      arch: 'aarch64',
      image: { value: { id: 'almalinux-9', level: 'pinned', arch: 'aarch64' } },
      accelerator: { value: 'hvf' },
      machine: { value: 'virt' },
      cpuModel: { value: 'host' },
      cpus: { value: 4 },
      memoryMib: { value: 6144 },
      diskGib: { value: 40 },
      boot: { value: 'uefi' },
      network: { value: 'user' },
      ports: [{ guest: 22, host: 2222, strength: 'preferred', purpose: 'ssh' }],
      readyTimeoutMs: 300_000,
    });
    expect(plan.firmware?.codePath).toContain('edk2-aarch64-code.fd');
  });

  it('plans the same twice, and as JSON', () => {
    expect(planFor({}, linux)).toEqual(planFor({}, linux));
    expect(JSON.parse(JSON.stringify(planFor({}, linux)))).toEqual(planFor({}, linux));
  });

  it('warns that a pinned image is not verified, and that Debian signs nothing', () => {
    expect(planFor({}, linux).warnings.join()).toContain("the vendor's signature over it was not checked");
    expect(planFor({ image: 'debian-12-genericcloud' }, linux).warnings.join()).toContain(
      'is not signed by its vendor',
    );
    expect(planFor({ image: 'debian-12' }, linux).warnings).toEqual([]);
  });

  describe('sizes', () => {
    const small = { ...linux, cpuCount: 2, memoryMib: 4096, freeMemoryMib: 3000 };
    it('lowers defaults to the cores and half the free memory, with the reason [R-33] [R-34]', () => {
      const plan = planFor({}, small);
      expect(plan.cpus).toEqual({ value: 2, reason: 'default 4, lowered: the host has 2 cores' });
      expect(plan.memoryMib).toEqual({
        value: 1472,
        reason: 'default 6 GiB, lowered to half of what is free: 2.93 GiB of 4 GiB is free',
      });
    });
    it('never lowers below what the image needs', () => {
      const tight = { ...linux, freeMemoryMib: 300 };
      expect(planFor({ image: 'debian-12' }, tight).memoryMib.value).toBe(512);
      expect(planFor({ image: 'tiny' }, tight).memoryMib.value).toBe(192);
      expect(planFor({ image: 'tiny' }, { ...linux, freeMemoryMib: 100 }).warnings.join()).toContain(
        'may begin to swap',
      );
    });
    it('keeps lowered memory as it was when the VM is planned again', () => {
      const first = planFor({}, small);
      const again = planFor({}, { ...small, freeMemoryMib: 900 }, { previous: first });
      expect(again.memoryMib).toEqual(first.memoryMib);
    });
    it('keeps what was asked for beyond the host, with a warning', () => {
      const plan = planFor({ cpus: '8', memory: '3500M' }, small);
      expect([plan.cpus.value, plan.memoryMib.value]).toEqual([8, 3500]);
      expect(plan.warnings.join('\n')).toMatch(/8 virtual CPUs[\s\S]*may begin to swap/);
    });
    it('refuses more memory than the host has', () => {
      const error = failure(() => planFor({ memory: '8G' }, small));
      expect([error.code, error.message]).toEqual([
        'host.no-memory',
        '8 GiB of memory was asked for (asked for with --memory); the host has 4 GiB.',
      ]);
    });
    it('raises the default disk to the image and refuses a smaller one that was asked for', () => {
      const cachedImage = { digest: 'sha256:0', virtualSizeBytes: 50 * 1024 ** 3 };
      expect(planFor({}, linux, { cachedImage }).diskGib.value).toBe(50);
      const error = failure(() => planFor({ disk: '10G' }, linux, { cachedImage }));
      expect([error.code, error.message]).toEqual([
        'usage.invalid-argument',
        '--disk: 10 GiB is smaller than the image itself, which needs 50 GiB',
      ]);
    });
  });

  describe('acceleration', () => {
    it('is used only when guest code has answered', () => {
      expect(planFor({}, linux).accelerator.value).toBe('kvm');
      const plan = planFor({}, unusable);
      expect(plan.accelerator).toEqual({
        value: 'tcg',
        reason: 'emulation, because /dev/kvm exists but guest code did not answer',
      });
      expect(plan.warnings.join()).toContain('NO HARDWARE ACCELERATION');
      expect(plan.readyTimeoutMs).toBe(600_000);
    });
    it.each([
      ['--accel kvm', { accel: 'kvm' }, unusable, '/dev/kvm exists but guest code did not answer'],
      ['--require-accel', { requireAccel: true }, unusable, '/dev/kvm exists but guest code did not answer'],
      ['--require-accel without any', { requireAccel: true }, without(linux, 'accelerator'), 'no /dev/kvm was found'],
      ['hvf on Linux', { accel: 'hvf' }, linux, 'this host has kvm, not hvf'],
      [
        'another architecture',
        { requireAccel: true, image: 'tiny', arch: 'aarch64' },
        hostFacts('linux', 'x86_64', 'aarch64'),
        'cannot be accelerated on an x86_64 host',
      ],
    ])('fails with the reason and the way on: %s', (_what, flags, host, reason) => {
      const error = failure(() => planFor(flags, host));
      expect(error.code).toBe('host.accelerator-unavailable');
      expect(error.message).toContain(reason);
      expect(error.next[0]).toBe('sysmonvm doctor');
    });
    it('chooses the CPU model by it', () => {
      expect(planFor({ accel: 'tcg' }, linux).cpuModel.value).toBe('max');
      expect(planFor({ arch: 'aarch64', image: 'tiny' }, hostFacts('linux', 'x86_64', 'aarch64')).cpuModel.value).toBe(
        'max,pauth-impdef=on',
      );
      expect(planFor({ cpuModel: 'Nehalem' }, linux).cpuModel).toEqual({
        value: 'Nehalem',
        reason: 'asked for with --cpu-model',
      });
      expect(failure(() => planFor({ cpuModel: 'host', accel: 'tcg' }, linux)).message).toContain(
        'needs hardware acceleration',
      );
    });
  });

  describe('boot', () => {
    const kernel = { digest: 'sha256:0', virtualSizeBytes: 1, kernelCommandLine: 'console=ttyS0' };
    it('loads the kernel of a local image directly when emulated, through firmware when accelerated', () => {
      const direct = planFor({ image: 'debian-12', accel: 'tcg' }, without(linux, 'firmware'), { cachedImage: kernel });
      const emulated = 'console=ttyS0 norandmaps tsc=reliable';
      expect(direct).toMatchObject({ boot: { value: 'direct' }, kernelCommandLine: emulated });
      const accelerated = planFor({ image: 'debian-12', boot: 'direct' }, linux, { cachedImage: kernel });
      expect(accelerated).toMatchObject({ accelerator: { value: 'kvm' }, kernelCommandLine: 'console=ttyS0' });
      expect(direct.firmware).toBeUndefined();
      expect(planFor({ image: 'debian-12' }, linux, { cachedImage: kernel }).boot.value).toBe('uefi');
      expect(
        planFor({ image: 'debian-12', accel: 'tcg', boot: 'uefi' }, linux, { cachedImage: kernel }).boot.value,
      ).toBe('uefi');
      expect(
        planFor({ image: 'debian-12', accel: 'tcg' }, linux, {
          cachedImage: { digest: 'sha256:0', virtualSizeBytes: 1 },
        }).boot.value,
      ).toBe('uefi');
    });
    it('keeps UEFI for vendor images', () => {
      expect(planFor({ accel: 'tcg' }, linux).boot.value).toBe('uefi');
      expect(failure(() => planFor({ boot: 'direct' }, linux)).message).toContain(
        'needs an image whose kernel lies beside it',
      );
    });
    it('fails clearly without firmware [R-44], without QEMU and with an old one [R-05]', () => {
      expect(failure(() => planFor({}, without(linux, 'firmware')))).toMatchObject({
        code: 'host.firmware-missing',
        next: ['sysmonvm host-setup'],
      });
      expect(failure(() => planFor({}, without(linux, 'qemu')))).toMatchObject({ code: 'host.tool-missing' });
      const old = (host: HostFacts, version: string) => ({
        ...host,
        qemu: { path: '/q', version, digest: 'sha256:0' },
      });
      expect(failure(() => planFor({}, old(linux, '6.1.1'))).message).toBe(
        '/q is version 6.1.1; at least 6.2 is needed on this host.',
      );
      expect(failure(() => planFor({}, old(mac, '8.2.0'))).code).toBe('host.tool-too-old');
      expect(planFor({}, old(mac, '8.2.1')).qemu.version).toBe('8.2.1');
      expect(planFor({}, old(linux, '10.0.2')).qemu.version).toBe('10.0.2');
    });
  });

  describe('network', () => {
    it('fixes ports given for this VM and prefers those of the shared file [R-36]', () => {
      const file = parseConfigText(
        'networking: {ssh_port: 2300, forwarded_ports: [{host: 50110, guest: 50110}]}',
        'c.yaml',
      );
      expect(planFor({}, linux, { file }).ports.map(({ host, strength }) => [host, strength])).toEqual([
        [2300, 'preferred'],
        [50110, 'preferred'],
      ]);
      expect(planFor({ sshPort: '2300', port: ['8080:80', '0:443'] }, linux).ports).toEqual([
        { guest: 22, host: 2300, strength: 'fixed', purpose: 'ssh' },
        { guest: 80, host: 8080, strength: 'fixed', purpose: 'user' },
        { guest: 443, strength: 'any', purpose: 'user' },
      ]);
    });
    it('has no ports without a network, and refuses forwards that were asked for', () => {
      expect(planFor({ network: 'none' }, linux).ports).toEqual([]);
      expect(failure(() => planFor({ network: 'none', port: ['1:2'] }, linux)).code).toBe('usage.invalid-argument');
    });
    it('names a bridge for each platform and the privileges [R-37]', () => {
      expect(planFor({ network: 'bridged' }, linux)).toMatchObject({ bridge: 'br0' });
      expect(planFor({ network: 'bridged' }, mac)).toMatchObject({ bridge: 'en0' });
      expect(planFor({ network: 'bridged' }, mac).warnings.join()).toContain('root');
    });
  });

  describe('images', () => {
    const file = (digest: string) =>
      parseConfigText(
        `image: {url: "https://images.example/Linux-latest.aarch64.qcow2", checksum: "${digest}"}`,
        'c.yaml',
      );
    const pinned = shippedLock.images.find((entry) => entry.id === 'almalinux-9' && entry.arch === 'aarch64');
    const digest = pinned?.kind === 'vendor' ? pinned.digest : '';
    it('takes the URL and checksum of the config, and knows the bytes of the lock file again [R-29]', () => {
      expect(planFor({}, mac, { file: file(digest) }).image.value).toMatchObject({
        id: 'almalinux-9',
        level: 'pinned',
        digest,
        url: 'https://images.example/Linux-latest.aarch64.qcow2',
      });
      const other = `sha256:${'a'.repeat(64)}`;
      expect(planFor({}, mac, { file: file(other) }).image.value).toMatchObject({
        id: 'Linux-latest.aarch64.qcow2',
        level: 'pinned',
        digest: other,
      });
    });
    it('takes the architecture from the config, the name of the image, or the host', () => {
      const arch = (text: string) =>
        chooseArch(resolveConfig({ env: {}, flags: {}, file: parseConfigText(text, 'c.yaml') }), 'x86_64').value;
      expect(arch(`image: {url: "https://images.example/Linux-latest.aarch64.qcow2", checksum: "${digest}"}`)).toBe(
        'aarch64',
      );
      expect(arch('image: {id: ./disk-arm64.qcow2}')).toBe('aarch64');
      expect(arch('image: {id: tiny}')).toBe('x86_64');
      expect(arch('hardware: {arch: aarch64}')).toBe('aarch64');
    });
    it('takes a file of the user, and says that nothing is known of it', () => {
      const plan = planFor({ image: './my.qcow2' }, linux);
      expect(plan.image.value).toMatchObject({ kind: 'file', id: 'my.qcow2', path: './my.qcow2', level: 'local' });
      expect(plan.warnings.join()).toContain('nothing is known of where it comes from');
    });
    it('refuses facts that were collected for another architecture', () => {
      const config = resolveConfig({ env: {}, flags: { arch: 'aarch64' } });
      expect(() => makePlan({ config, host: linux, lock: shippedLock, sshPublicKeys: [] })).toThrow(
        'were collected for x86_64',
      );
    });
    it('warns of Enterprise Linux 8 on Apple silicon', () => {
      const entry = { ...pinned, id: 'rocky-8' } as (typeof shippedLock.images)[number];
      const plan = planFor({ image: 'rocky-8' }, mac, { lock: { ...shippedLock, images: [entry] } });
      expect(plan.warnings.join()).toContain('64 KiB pages');
    });
  });

  it('carries the guest of the config [R-39]', () => {
    const plan = planFor({ hostname: 'srv', user: 'alma', sudo: false, ttl: '2h' }, linux, {
      sshPublicKeys: ['ssh-ed25519 AAAA me\n'],
      cloudConfig: '#cloud-config\n',
      ephemeral: true,
    });
    expect(plan.guest).toEqual({
      hostname: 'srv',
      user: 'alma',
      sudo: false,
      extraAuthorizedKeys: ['ssh-ed25519 AAAA me'],
      cloudConfig: '#cloud-config\n',
      timezone: 'UTC',
    });
    expect([plan.ttlMs, plan.ephemeral]).toEqual([7_200_000, true]);
    expect(planFor({}, linux, { name: 'My_VM' }).guest.hostname).toBe('my-vm');
  });
});
