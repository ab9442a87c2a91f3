import { describe, expect, it } from 'vitest';
import {
  explainProbe,
  type ProbeRun,
  probeAnswer,
  probeArguments,
  probeImage,
} from '../../../src/core/facts/accelerator-probe.ts';
import { cpuVirtualisation, explainKvmDevice, isListedInGroup, nameOfId } from '../../../src/core/facts/kvm-access.ts';
import { assembleListing } from '../../../src/core/facts/machine-listing.ts';

describe('guest code of the acceleration probe', () => {
  it('is a listing whose offsets are checked', () => {
    expect([...assembleListing('000: fa | cli\n# gap\n003: 0f 20 c0 | mov', 8)]).toEqual([
      0xfa, 0, 0, 0x0f, 0x20, 0xc0, 0, 0,
    ]);
    expect(() => assembleListing('000: fa fb | cli\n001: fc | cld', 8)).toThrow('already placed');
    expect(() => assembleListing('cli', 8)).toThrow('not a row');
  });

  it('holds the nonce but not the answer, which only 64-bit arithmetic makes', () => {
    const nonce = 0x0123456789abcdefn;
    expect(probeAnswer(nonce)).toMatch(/^[0-9a-f]{16}$/);
    expect(probeAnswer(0xffffffffffffffffn)).toBe('0000000000000000');
    expect(probeAnswer(0xfffffffffffffffen)).toBe('9e3779b97f4a7c15');
    for (const arch of ['x86_64', 'aarch64'] as const) {
      const image = Buffer.from(probeImage(arch, nonce));
      expect(image.includes(Buffer.from('efcdab8967452301', 'hex'))).toBe(true);
      expect(image.includes(Buffer.from(probeAnswer(nonce)))).toBe(false);
    }
    expect(Buffer.from(probeImage('x86_64', nonce)).subarray(0xfff0, 0xfff5).toString('hex')).toBe('ea000000f0');
  });

  it('asks for the machine and the CPU model that a VM would get', () => {
    expect(probeArguments('x86_64', 'kvm', '/p').join(' ')).toContain('-machine q35 -accel kvm -cpu host');
    expect(probeArguments('aarch64', 'hvf', '/p').join(' ')).toContain('-machine virt -accel hvf -cpu host');
    expect(probeArguments('aarch64', 'tcg', '/p').join(' ')).toContain('-cpu max');
  });
});

describe('why a probe got no answer', () => {
  const run = (more: Partial<ProbeRun>): ProbeRun => ({
    answered: false,
    timedOut: false,
    exitCode: 1,
    signal: undefined,
    stderr: '',
    ...more,
  });

  it.each([
    ['kvm', 'qemu-system-x86_64: error: failed to set MSR 0x10a to 0x69', /refuses processor registers.*0x10a/s],
    ['kvm', 'KVM internal error. Suberror: 1\nemulation failure', /KVM internal error/],
    ['kvm', 'Could not access KVM kernel module: Permission denied', /may not be opened by QEMU/],
    ['hvf', 'qemu-system-aarch64: -accel hvf: Error: HV_UNSUPPORTED (0xfae9400f)', /not supported here/],
    ['hvf', 'Error: ret = HV_DENIED (0xfae94007, at ../accel/hvf/hvf-accel-ops.c:337)', /entitlement/],
    ['hvf', 'qemu-system-aarch64: Error: Unknown Error', /refuses what this QEMU asks/],
    ['kvm', 'qemu-system-x86_64: -accel kvm: invalid accelerator kvm', /built without/],
  ] as const)('%s: %s', (accelerator, stderr, expected) => {
    const explained = explainProbe(accelerator, run({ stderr, signal: 'SIGABRT', exitCode: undefined }));
    expect(explained.reason).toMatch(expected);
    expect(explained.certain).toBe(true);
  });

  it('silence is not certain, and warnings of QEMU are not its cause', () => {
    const stderr = "qemu-system-x86_64: warning: host doesn't support requested feature: CPUID.01H:ECX.pni [bit 0]";
    const explained = explainProbe('kvm', run({ timedOut: true, stderr, exitCode: undefined, signal: 'SIGKILL' }));
    expect(explained).toMatchObject({ certain: false });
    expect(explained.reason).toBe('/dev/kvm exists and opens, but 64-bit guest code gave no answer within 3 s.');
    expect(explained.remedy).toContain('--refresh');
  });

  it('an end without words says so', () => {
    expect(explainProbe('hvf', run({ exitCode: 1 })).reason).toContain('QEMU ended (exit code 1) before');
    expect(explainProbe('hvf', run({ exitCode: 1 })).reason).toContain('QEMU said nothing');
  });
});

describe('/dev/kvm: missing, denied and failed are three reasons [R-22]', () => {
  const denied = {
    state: 'denied',
    userName: 'ada',
    ownerName: 'root',
    groupName: 'kvm',
    mode: 0o660,
    listedInGroup: false,
  } as const;

  it('missing: the module of the processor, or no virtualisation at all', () => {
    expect(explainKvmDevice({ state: 'missing', cpuVirtualisation: 'svm' })?.remedy).toContain('modprobe kvm_amd');
    expect(explainKvmDevice({ state: 'missing', cpuVirtualisation: 'vmx' })?.remedy).toContain('modprobe kvm_intel');
    expect(explainKvmDevice({ state: 'missing', cpuVirtualisation: 'none' })?.reason).toContain(
      'nested virtualisation',
    );
    expect(explainKvmDevice({ state: 'missing', cpuVirtualisation: 'unknown' })?.reason).toBe(
      '/dev/kvm does not exist',
    );
  });

  it('denied: names user, owner, group and mode, and what to type', () => {
    expect(explainKvmDevice(denied)).toEqual({
      reason: '/dev/kvm exists but user ada may not open it (owner root, group kvm, mode 0660)',
      remedy: 'sudo usermod -aG kvm ada   # then log in again',
    });
    expect(explainKvmDevice({ ...denied, listedInGroup: true })?.remedy).toContain('newgrp kvm');
    const closed = explainKvmDevice({ ...denied, groupName: 'root', mode: 0o600 });
    expect(closed?.reason).toContain('mode 0600');
    expect(closed?.remedy).toContain('udev/rules.d');
  });

  it('failed and open', () => {
    expect(explainKvmDevice({ state: 'failed', error: 'ENODEV: no such device' })?.reason).toContain('ENODEV');
    expect(explainKvmDevice({ state: 'open' })).toBeUndefined();
  });

  it('reads names and members from the databases', () => {
    const groups = 'root:x:0:\nkvm:x:104:ada,bob\n';
    expect(nameOfId(groups, 104)).toBe('kvm');
    expect(nameOfId(groups, 7)).toBe('7');
    expect(isListedInGroup(groups, 'kvm', 'bob')).toBe(true);
    expect(isListedInGroup(groups, 'kvm', 'bo')).toBe(false);
    expect(cpuVirtualisation('flags\t\t: fpu vme svm\n')).toBe('svm');
    expect(cpuVirtualisation('flags\t\t: fpu vme\n')).toBe('none');
    expect(cpuVirtualisation('Features\t: fp asimd\n')).toBe('unknown');
  });
});
