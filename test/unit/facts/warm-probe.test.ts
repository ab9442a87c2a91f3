import { describe, expect, it } from 'vitest';
import { probeAnswer, probeImage } from '../../../src/core/facts/accelerator-probe.ts';
import {
  countCommand,
  countIn,
  countingImage,
  firstCount,
  warmProbeArguments,
} from '../../../src/core/facts/warm-probe.ts';

const place = { imagePath: '/p/probe.bin', qmpSocket: '/p/qmp' };
const argumentsFor = (machine: Omit<Parameters<typeof warmProbeArguments>[0], keyof typeof place>) =>
  warmProbeArguments({ ...machine, ...place }).join(' ');

describe('the machine that is frozen and restored to see whether that works', () => {
  it('is what a VM would get under Hypervisor.framework: first with memory that is shared, then with a private copy', () => {
    const mac = { arch: 'aarch64', accelerator: 'hvf' } as const;
    const frozen = argumentsFor({ ...mac, memory: { kind: 'shared', path: '/p/ram' }, incoming: false });
    expect(frozen).toContain('-object memory-backend-file,id=mach-virt.ram,size=64M,mem-path=/p/ram,share=on,');
    expect(frozen).toContain('-machine virt,gic-version=3,memory-backend=mach-virt.ram -accel hvf -cpu host');
    expect(frozen).not.toContain('-incoming');
    const memory = { kind: 'private', path: '/p/ram', readOnly: true } as const;
    const restored = argumentsFor({ ...mac, memory, incoming: true });
    expect(restored).toContain('mem-path=/p/ram,share=off,readonly=on,rom=off,');
    expect(restored).toMatch(/-incoming defer -S$/);
  });

  it('under KVM has the interrupt controller of the host, and on x86_64 the machine of a PC', () => {
    const memory = { kind: 'private', path: '/p/ram', readOnly: false } as const;
    expect(argumentsFor({ arch: 'aarch64', accelerator: 'kvm', memory, incoming: true })).toContain('gic-version=max');
    expect(argumentsFor({ arch: 'x86_64', accelerator: 'kvm', memory, incoming: true })).toContain(
      '-machine q35,memory-backend=pc.ram -accel kvm -cpu host',
    );
  });

  it.each(['x86_64', 'aarch64'] as const)('counts from the number that the probe computes, on %s', (arch) => {
    const nonce = 0x0123456789abcdefn;
    expect(firstCount(nonce).toString(16).padStart(16, '0')).toBe(probeAnswer(nonce));
    const [probe, counting] = [probeImage(arch, nonce), countingImage(arch, nonce)];
    const changed = [...counting.keys()].filter((offset) => probe[offset] !== counting[offset]);
    // Its end alone: the code that computes and the nonce are the same.
    expect(Math.min(...changed)).toBeGreaterThanOrEqual(0x98);
    expect(changed.length).toBeLessThan(24);
    expect(countCommand(arch)).toMatch(/^xp \/1gx \d+$/);
  });

  it('reads the number in the words of QEMU', () => {
    expect(countIn('0000000000009000: 0x9e3779b97f4a7c15\r\n')).toBe(0x9e3779b97f4a7c15n);
    expect(countIn('Cannot access memory')).toBeUndefined();
  });
});
