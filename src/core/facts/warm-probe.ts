import type { Accelerator, GuestArch } from '../host-facts.ts';
import { memoryFileArguments } from '../qemu/memory-file.ts';
import type { MemoryOfRun } from '../resources/ledger.ts';
import { probeAnswer, probeImage } from './accelerator-probe.ts';
import { placeListing } from './machine-listing.ts';

/**
 * Can a machine be frozen and restored here? The guest code of the acceleration probe, with another end: instead of
 * printing and powering off it counts for ever, from the number it computed, in a register, and stores each number in
 * memory. After a restore the numbers go on only when registers and memory are what they were.
 */
const endings = {
  x86_64: `
0ef: eb 47                   | jmp 138
# 130: the nonce
138: 48 89 1c 25 00 90 00 00 | mov %rbx,0x9000
140: 48 ff c3                | inc %rbx
143: f3 90                   | pause
145: eb f1                   | jmp 138
`,
  aarch64: `
098: 27 00 06 f9             | str x7, [x1, #0xc00]
09c: e7 04 00 91             | add x7, x7, #1
0a0: 3f 20 03 d5             | yield
0a4: fd ff ff 17             | b 98
`,
} as const;

/** Where in the memory of the machine the number lies. */
const countOffset = { x86_64: 0x9000, aarch64: 0x20_0c00 } as const;
const memoryBase = { x86_64: 0, aarch64: 0x4000_0000 } as const;
const memoryMib = 64;

export function countingImage(arch: GuestArch, nonce: bigint): Uint8Array {
  return placeListing(endings[arch], probeImage(arch, nonce));
}

export function firstCount(nonce: bigint): bigint {
  return BigInt(`0x${probeAnswer(nonce)}`);
}

/** What HMP's `xp` prints of the number: an address, then the number. */
export const countCommand = (arch: GuestArch): string => `xp /1gx ${memoryBase[arch] + countOffset[arch]}`;
export function countIn(text: string): bigint | undefined {
  const word = /:\s*(0x[0-9a-f]{16})/.exec(text)?.[1];
  return word === undefined ? undefined : BigInt(word);
}

export interface WarmProbeMachine {
  readonly arch: GuestArch;
  readonly accelerator: Accelerator;
  readonly imagePath: string;
  readonly memory: MemoryOfRun;
  readonly qmpSocket: string;
  /** Waits for a state. */
  readonly incoming: boolean;
}

/** Machine, CPU model and memory are given as a VM would get them. */
export function warmProbeArguments(machine: WarmProbeMachine): readonly string[] {
  const { arch, accelerator } = machine;
  const memory = memoryFileArguments(arch, memoryMib, machine.memory);
  return [
    ...memory.object,
    ...[
      '-machine',
      `${arch === 'x86_64' ? 'q35' : `virt,gic-version=${accelerator === 'kvm' ? 'max' : '3'}`},${memory.ofMachine}`,
    ],
    ...['-accel', accelerator, '-cpu', accelerator === 'tcg' ? 'max' : 'host', '-smp', '1', '-m', String(memoryMib)],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-monitor', 'none', '-serial', 'null', '-no-reboot'],
    ...['-qmp', `unix:${machine.qmpSocket},server=on,wait=off`, '-bios', machine.imagePath],
    ...(machine.incoming ? ['-incoming', 'defer', '-S'] : []),
  ];
}
