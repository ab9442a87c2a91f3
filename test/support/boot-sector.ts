/** A kernel of 512 bytes for any PC with a BIOS: it says its words on COM1 and stands still. Assembled by hand. */
export function bootSector(words: string): Uint8Array {
  const code = [
    ...[0xfa, 0xfc], //             cli; cld
    ...[0x31, 0xc0, 0x8e, 0xd8], // xor ax,ax; mov ds,ax
    ...[0xbe, 0x32, 0x7c], //       mov si,0x7c32: the words
    ...[0xfb], //                   sti
    ...[0xac], //             0x0a  next: lodsb
    ...[0x84, 0xc0, 0x74, 0x20], // test al,al; jz halt
    ...[0x3c, 0x01, 0x74, 0x0f], // cmp al,1; je pause
    ...[0x88, 0xc3], //             mov bl,al
    ...[0xba, 0xfd, 0x03], //       mov dx,0x3fd: line status
    ...[0xec, 0xa8, 0x20, 0x74, 0xfb], // wait: in al,dx; test al,0x20; jz wait
    ...[0xb2, 0xf8, 0x88, 0xd8, 0xee], // mov dl,0xf8; mov al,bl; out dx,al
    // 0x22: pause and the jump back follow
  ];
  const jumpBack = [0xeb, 0x100 - (code.length + 2 - 0x0a)];
  const pause = [0xb4, 0x86, 0xb9, 0x04, 0x00, 0xba, 0xe0, 0x93, 0xcd, 0x15]; // int 15h, ah=86h: 300,000 µs
  const program = [...code, ...jumpBack];
  const pauseAt = program.length;
  program.push(...pause);
  program.push(0xeb, 0x100 - (program.length + 2 - 0x0a));
  const haltAt = program.length;
  program.push(0xf4, 0xeb, 0xfd); // halt: hlt; jmp halt
  // The three addresses above were written before they were known.
  const at = (offset: number, value: number): void => {
    program[offset] = value;
  };
  at(7, program.length);
  at(0x0e, haltAt - 0x0f);
  at(0x12, pauseAt - 0x13);
  const text = new TextEncoder().encode(`${words}\0`);
  if (program.length + text.length > 510) throw new Error('the words do not fit into a boot sector');
  const sector = new Uint8Array(512);
  sector.set(program);
  sector.set(text, program.length);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

/** In the words: 0.3 seconds pass. */
export const pause = '\u0001';
