import type { GuestArch } from '../host-facts.ts';
import type { MemoryOfRun } from '../resources/ledger.ts';
import { optionValue } from './option-value.ts';

/** The name QEMU itself gives to the memory of the machine. */
const nameOf = { x86_64: 'pc.ram', aarch64: 'mach-virt.ram' } as const satisfies Record<GuestArch, string>;

/**
 * Memory in a file. It has the name in a saved state that ordinary memory has (the canonical path is left out), so that
 * one can be restored into the other. `rom=off` maps a file writable that was opened read-only; only our copy is written.
 */
export function memoryFileArguments(arch: GuestArch, memoryMib: number, memory: MemoryOfRun) {
  const mapping =
    memory.kind === 'shared' ? 'share=on' : memory.readOnly ? 'share=off,readonly=on,rom=off' : 'share=off';
  const path = optionValue(memory.path);
  return {
    object: [
      '-object',
      `memory-backend-file,id=${nameOf[arch]},size=${memoryMib}M,mem-path=${path},${mapping},x-use-canonical-path-for-ramblock-id=off`,
    ],
    /** For `-machine`. */
    ofMachine: `memory-backend=${nameOf[arch]}`,
  };
}
