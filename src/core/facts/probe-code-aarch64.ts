/**
 * Guest code of the acceleration probe, aarch64: the start of the flash of machine `virt`, entered at EL1. It moves
 * itself from flash to RAM, takes an SVC through a vector table of its own, multiplies 64-bit numbers, prints the
 * product on the PL011 at 09000000 and powers off by PSCI.
 *
 * Flash is read with plain loads: an access with write-back that traps cannot be described to a hypervisor.
 */
import { assembleListing } from './machine-listing.ts';

const imageBytes = 0x1000;
const seedOffset = 0xb8;

const listing = `
000: df 4f 03 d5   | msr daifset, #0xf
004: e0 ff ff 10   | adr x0, 0
008: 01 04 a8 d2   | mov x1, #0x40200000       2 MiB into RAM
00c: e2 03 01 aa   | mov x2, x1
010: 03 60 81 d2   | mov x3, #0xb00            code and vectors
014: 04 00 40 b9   | ldr w4, [x0]
018: 00 10 00 91   | add x0, x0, #0x4
01c: 44 44 00 b8   | str w4, [x2], #4
020: 63 10 00 f1   | subs x3, x3, #0x4
024: 81 ff ff 54   | b.ne 14
028: 9f 3f 03 d5   | dsb sy
02c: 1f 75 08 d5   | ic iallu
030: 9f 3f 03 d5   | dsb sy
034: df 3f 03 d5   | isb
038: 25 00 01 91   | add x5, x1, #0x40
03c: a0 00 1f d6   | br x5
# in RAM
040: 06 3e 00 10   | adr x6, 800               the vectors
044: 06 c0 18 d5   | msr vbar_el1, x6
048: df 3f 03 d5   | isb
04c: 67 03 00 58   | ldr x7, b8                the nonce
050: 08 03 00 58   | ldr x8, b0
054: 01 00 00 d4   | svc #0x0                  the handler inverts x7
058: e7 7c 08 9b   | mul x7, x7, x8
05c: 09 20 a1 d2   | mov x9, #0x9000000        PL011
060: 2a 60 80 52   | mov w10, #0x301           UART, transmitter and receiver on
064: 2a 31 00 b9   | str w10, [x9, #48]
068: 0b 02 80 d2   | mov x11, #0x10
06c: e7 f0 c7 93   | ror x7, x7, #60           next digit, highest first
070: ec 0c 00 12   | and w12, w7, #0xf
074: 9f 29 00 71   | cmp w12, #0xa
078: 8d c1 00 11   | add w13, w12, #0x30
07c: 8e 5d 01 11   | add w14, w12, #0x57
080: ac 31 8e 1a   | csel w12, w13, w14, lo
084: 2c 01 00 b9   | str w12, [x9]
088: 6b 05 00 f1   | subs x11, x11, #0x1
08c: 01 ff ff 54   | b.ne 6c
090: 4c 01 80 52   | mov w12, #0xa
094: 2c 01 00 b9   | str w12, [x9]             end of line
098: 00 80 b0 52   | mov w0, #0x84000000
09c: 00 01 80 72   | movk w0, #0x8             PSCI SYSTEM_OFF
0a0: 02 00 00 d4   | hvc #0x0
0a4: 7f 20 03 d5   | wfi
0a8: ff ff ff 17   | b a4
0b0: 15 7c 4a 7f   | .quad 0x9e3779b97f4a7c15
0b4: b9 79 37 9e   |
# 0b8: the nonce
# 800: vectors; a00 is "current level with its own stack pointer, synchronous"
a00: e7 03 27 aa   | mvn x7, x7
a04: e0 03 9f d6   | eret
`;

export function aarch64ProbeImage(nonce: bigint): Uint8Array {
  const image = assembleListing(listing, imageBytes);
  new DataView(image.buffer).setBigUint64(seedOffset, nonce, true);
  return image;
}
