/**
 * Guest code of the acceleration probe, x86_64: a 64 KiB firmware image. At reset it goes from real mode over
 * protected mode into long mode with page tables of its own, moves itself from ROM to RAM, takes a breakpoint
 * exception through a 64-bit gate, multiplies 64-bit numbers, prints the product on the first serial port and resets.
 * Firmware of a PC may run (16- and 32-bit code) where none of that does.
 *
 * Memory: 1000 PML4, 2000 PDPT, 3000 PD (one 2 MiB page, identity), 4000 IDT, below 7000 the stack, 8000 this code.
 */
import { assembleListing } from './machine-listing.ts';

const imageBytes = 0x1_0000;
const seedOffset = 0x130;

const listing = `
# 16-bit, at f000:0000
000: fa                               | cli
001: fc                               | cld
002: 2e 66 0f 01 16 20 01             | lgdtl %cs:0x120
009: 0f 20 c0                         | mov %cr0,%eax
00c: 0c 01                            | or $0x1,%al              PE
00e: 0f 22 c0                         | mov %eax,%cr0
011: 66 ea 19 00 0f 00 08 00          | ljmpl $0x8,$0xf0019
# 32-bit, still in ROM
019: 66 b8 10 00                      | mov $0x10,%ax
01d: 8e d8                            | mov %eax,%ds
01f: 8e c0                            | mov %eax,%es
021: 8e d0                            | mov %eax,%ss
023: bc 00 70 00 00                   | mov $0x7000,%esp
028: be 00 00 0f 00                   | mov $0xf0000,%esi
02d: bf 00 80 00 00                   | mov $0x8000,%edi
032: b9 00 01 00 00                   | mov $0x100,%ecx
037: f3 a5                            | rep movsl                copy 1 KiB of ROM to RAM
039: 31 c0                            | xor %eax,%eax
03b: bf 00 10 00 00                   | mov $0x1000,%edi
040: b9 00 10 00 00                   | mov $0x1000,%ecx
045: f3 ab                            | rep stosl                clear page tables and IDT
047: c7 05 00 10 00 00 03 20 00 00    | movl $0x2003,0x1000      PML4[0] -> PDPT
051: c7 05 00 20 00 00 03 30 00 00    | movl $0x3003,0x2000      PDPT[0] -> PD
05b: c7 05 00 30 00 00 83 00 00 00    | movl $0x83,0x3000        PD[0]: 2 MiB page at 0
065: 0f 20 e0                         | mov %cr4,%eax
068: 0c 20                            | or $0x20,%al             PAE
06a: 0f 22 e0                         | mov %eax,%cr4
06d: b8 00 10 00 00                   | mov $0x1000,%eax
072: 0f 22 d8                         | mov %eax,%cr3
075: b9 80 00 00 c0                   | mov $0xc0000080,%ecx     EFER
07a: 0f 32                            | rdmsr
07c: 80 cc 01                         | or $0x1,%ah              LME
07f: 0f 30                            | wrmsr
081: 0f 20 c0                         | mov %cr0,%eax
084: 25 ff ff ff 1f                   | and $0x1fffffff,%eax     CD and NW off
089: 0d 00 00 00 80                   | or $0x80000000,%eax      PG
08e: 0f 22 c0                         | mov %eax,%cr0
091: ea 98 80 00 00 18 00             | ljmp $0x18,$0x8098       into long mode, in RAM
# 64-bit, at 8000
098: b8 fa 80 00 00                   | mov $0x80fa,%eax         the handler
09d: 66 89 04 25 30 40 00 00          | mov %ax,0x4030           IDT[3]
0a5: c7 04 25 32 40 00 00 18 00 00 8e | movl $0x8e000018,0x4032
0b0: 0f 01 1c 25 26 81 00 00          | lidt 0x8126
0b8: 48 8b 1c 25 30 81 00 00          | mov 0x8130,%rbx          the nonce
0c0: 48 b8 15 7c 4a 7f b9 79 37 9e    | movabs $0x9e3779b97f4a7c15,%rax
0ca: cc                               | int3                     the handler inverts rbx
0cb: 48 0f af d8                      | imul %rax,%rbx
0cf: b9 10 00 00 00                   | mov $0x10,%ecx
0d4: 48 c1 c3 04                      | rol $0x4,%rbx            next digit, highest first
0d8: 89 d8                            | mov %ebx,%eax
0da: 24 0f                            | and $0xf,%al
0dc: 04 30                            | add $0x30,%al
0de: 3c 39                            | cmp $0x39,%al
0e0: 76 02                            | jbe 0xe4
0e2: 04 27                            | add $0x27,%al            a to f
0e4: ba f8 03 00 00                   | mov $0x3f8,%edx          COM1
0e9: ee                               | out %al,(%dx)
0ea: e2 e8                            | loop 0xd4
0ec: b0 0a                            | mov $0xa,%al
0ee: ee                               | out %al,(%dx)            end of line
0ef: ba f9 0c 00 00                   | mov $0xcf9,%edx          reset control: QEMU ends, -no-reboot
0f4: b0 06                            | mov $0x6,%al
0f6: ee                               | out %al,(%dx)
0f7: f4                               | hlt
0f8: eb fd                            | jmp 0xf7
0fa: 48 f7 d3                         | not %rbx                 handler of int3
0fd: 48 cf                            | iretq
# tables
108: ff ff 00 00 00 9a cf 00          | GDT 08: 32-bit code
110: ff ff 00 00 00 92 cf 00          | GDT 10: data
118: ff ff 00 00 00 9a af 00          | GDT 18: 64-bit code
120: 1f 00 00 01 0f 00                | GDTR: limit 1f, at f0100
126: 3f 00 00 40 00 00 00 00 00 00    | IDTR: limit 3f, at 4000
# 130: the nonce
fff0: ea 00 00 00 f0                  | ljmp $0xf000,$0x0        reset vector
`;

export function x86ProbeImage(nonce: bigint): Uint8Array {
  const image = assembleListing(listing, imageBytes);
  new DataView(image.buffer).setBigUint64(seedOffset, nonce, true);
  return image;
}
