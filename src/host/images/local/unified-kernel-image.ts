/**
 * Joins systemd's EFI stub with a kernel, an initrd and a command line into one EFI program, by appending PE
 * sections:
 *
 *   stub (.text .data .reloc …) | .osrel | .cmdline | .linux | .initrd
 *
 * The firmware loads every section at its virtual address, so each one starts after the end of the one before,
 * aligned to SectionAlignment; the file offset is aligned to FileAlignment. objcopy would do the same, but only
 * for architectures it was built for.
 */
const SECTION_HEADER = 40;
const READ_ONLY_DATA = 0x40000040;

interface PeLayout {
  readonly sectionCountAt: number;
  readonly sizeOfInitializedDataAt: number;
  readonly sizeOfImageAt: number;
  readonly checkSumAt: number;
  readonly tableAt: number;
  readonly sections: number;
  readonly sectionAlignment: number;
  readonly fileAlignment: number;
  readonly sizeOfHeaders: number;
}

const layoutOf = (pe: Buffer): PeLayout => {
  const header = pe.readUInt32LE(0x3c);
  if (pe.toString('latin1', header, header + 4) !== 'PE\0\0') throw new Error('the EFI stub is not a PE file');
  const optional = header + 24;
  return {
    sectionCountAt: header + 6,
    sizeOfInitializedDataAt: optional + 8,
    sizeOfImageAt: optional + 56,
    checkSumAt: optional + 64,
    tableAt: optional + pe.readUInt16LE(header + 20),
    sections: pe.readUInt16LE(header + 6),
    sectionAlignment: pe.readUInt32LE(optional + 32),
    fileAlignment: pe.readUInt32LE(optional + 36),
    sizeOfHeaders: pe.readUInt32LE(optional + 60),
  };
};

const align = (value: number, to: number): number => Math.ceil(value / to) * to;

export interface UnifiedKernelParts {
  readonly stub: Buffer;
  readonly kernel: Buffer;
  readonly initrd: Buffer;
  readonly commandLine: string;
  readonly osRelease: string;
}

export const unifiedKernelImage = (parts: UnifiedKernelParts): Buffer => {
  const layout = layoutOf(parts.stub);
  const added: readonly (readonly [string, Buffer])[] = [
    ['.osrel', Buffer.from(parts.osRelease)],
    ['.cmdline', Buffer.from(parts.commandLine)],
    ['.linux', parts.kernel],
    ['.initrd', parts.initrd],
  ];
  if (layout.tableAt + (layout.sections + added.length) * SECTION_HEADER > layout.sizeOfHeaders) {
    throw new Error('the EFI stub has no room for more section headers');
  }
  const head = Buffer.from(parts.stub);
  let virtualAddress = 0;
  for (let index = 0; index < layout.sections; index += 1) {
    const at = layout.tableAt + index * SECTION_HEADER;
    virtualAddress = Math.max(virtualAddress, head.readUInt32LE(at + 12) + head.readUInt32LE(at + 8));
  }
  // A 2 MiB boundary first: arm64 kernels want to sit on one, and then need not be moved by their own stub.
  virtualAddress = align(virtualAddress, layout.sectionAlignment);
  const chunks: Buffer[] = [head, Buffer.alloc(align(head.length, layout.fileAlignment) - head.length)];
  let fileOffset = align(head.length, layout.fileAlignment);
  let dataSize = head.readUInt32LE(layout.sizeOfInitializedDataAt);
  for (const [index, [name, content]] of added.entries()) {
    if (name === '.linux') virtualAddress = align(virtualAddress, 0x200000);
    const at = layout.tableAt + (layout.sections + index) * SECTION_HEADER;
    const rawSize = align(content.length, layout.fileAlignment);
    head.fill(0, at, at + SECTION_HEADER);
    head.write(name, at, 'latin1');
    head.writeUInt32LE(content.length, at + 8);
    head.writeUInt32LE(virtualAddress, at + 12);
    head.writeUInt32LE(rawSize, at + 16);
    head.writeUInt32LE(fileOffset, at + 20);
    head.writeUInt32LE(READ_ONLY_DATA, at + 36);
    chunks.push(content, Buffer.alloc(rawSize - content.length));
    fileOffset += rawSize;
    dataSize += rawSize;
    // The kernel unpacks itself behind its end (`.linux` grows to init_size), so the initrd keeps a distance.
    const distance = name === '.linux' ? imageSize(content) : content.length;
    virtualAddress = align(virtualAddress + distance, layout.sectionAlignment);
  }
  head.writeUInt16LE(layout.sections + added.length, layout.sectionCountAt);
  head.writeUInt32LE(dataSize, layout.sizeOfInitializedDataAt);
  head.writeUInt32LE(virtualAddress, layout.sizeOfImageAt);
  head.writeUInt32LE(0, layout.checkSumAt);
  return Buffer.concat(chunks);
};

/** Memory a kernel takes once started: image_size of an arm64 header, or init_size of an x86 setup header. */
const imageSize = (kernel: Buffer): number => {
  if (kernel.toString('latin1', 56, 60) === 'ARMd') return Math.max(kernel.length, Number(kernel.readBigUInt64LE(16)));
  if (kernel.toString('latin1', 0x202, 0x206) === 'HdrS') return Math.max(kernel.length, kernel.readUInt32LE(0x260));
  return kernel.length;
};
