import { open } from 'node:fs/promises';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { DiskFormat } from '../../core/ports/disks.ts';

/**
 * What a disk image refers to, read from its first bytes without giving the file to QEMU: an image from elsewhere may
 * name any file of the host as its backing or data file, and QEMU would open it.
 *
 *   qcow2 (big endian)   0 magic "QFI\xfb"   4 version   8 backing file offset   24 virtual size
 *                        32 crypt method     72 incompatible features (version 3; bit 2: external data file)
 *
 * https://gitlab.com/qemu-project/qemu/-/blob/master/docs/interop/qcow2.rst
 */
export async function assertSafeBase(path: string, format: DiskFormat): Promise<{ readonly virtualSizeBytes: number }> {
  const { header, size } = await readHeader(path);
  const found = formatOf(header);
  const refuse = (why: string, details: Record<string, unknown> = {}): never =>
    fail('image.unsafe-base', `${path} cannot be the base of a VM: ${why}.`, {
      details: { path, expected: format, found, ...details },
      next: [`qemu-img convert -O qcow2 ${path} standalone.qcow2`],
    });
  if (found !== format) refuse(`it is ${found === 'raw' ? 'not' : `${found}, not`} ${format}`);
  if (format === 'raw') {
    if (size === 0) refuse('it is empty');
    return { virtualSizeBytes: size };
  }
  if (header.length < 72) refuse('its header is cut off');
  const version = header.readUInt32BE(4);
  if (version !== 2 && version !== 3) refuse(`its qcow2 version is ${version}`);
  if (header.readBigUInt64BE(8) !== 0n) refuse('it refers to a backing file');
  if (header.readUInt32BE(32) !== 0) refuse('it is encrypted');
  if (version === 3 && header.length >= 80 && (header.readBigUInt64BE(72) & 4n) !== 0n)
    refuse('it keeps its data in another file');
  if (version === 3 && header.length >= 80 && (header.readBigUInt64BE(72) & 2n) !== 0n)
    refuse('it is marked as corrupt');
  const virtualSize = header.readBigUInt64BE(24);
  if (virtualSize === 0n) refuse('its disk has no size');
  if (virtualSize > largestDiskBytes) refuse(`its disk claims ${virtualSize} bytes`);
  return { virtualSizeBytes: Number(virtualSize) };
}

/** Larger than QEMU makes them. */
const largestDiskBytes = 2n ** 50n;

/** qcow2, raw, vmdk, xz, gzip, html …, by the first bytes. */
export async function fileFormat(path: string): Promise<string> {
  return formatOf((await readHeader(path)).header);
}

async function readHeader(path: string): Promise<{ header: Buffer; size: number }> {
  const file = await open(path, 'r').catch((cause: unknown) =>
    fail('image.unsafe-base', `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      details: { path },
      next: [`ls -l ${path}`],
      cause,
    }),
  );
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(104), 0, 104, 0);
    return { header: buffer.subarray(0, bytesRead), size: (await file.stat()).size };
  } finally {
    await file.close();
  }
}

const magics: readonly (readonly [name: string, at: number, bytes: string])[] = [
  ['qcow2', 0, 'QFI\xfb'],
  ['qed', 0, 'QED\0'],
  ['vmdk', 0, 'KDMV'],
  ['vmdk', 0, 'COWD'],
  ['vmdk', 0, '# Disk DescriptorFile'],
  ['vhdx', 0, 'vhdxfile'],
  ['vpc', 0, 'conectix'],
  ['vdi', 64, '\x7f\x10\xda\xbe'],
  ['luks', 0, 'LUKS\xba\xbe'],
  ['parallels', 0, 'WithoutFreeSpace'],
  ['parallels', 0, 'WithouFreSpacExt'],
  ['bochs', 0, 'Bochs Virtual HD Image'],
  ['xz', 0, '\xfd7zXZ'],
  ['gzip', 0, '\x1f\x8b'],
  ['zstd', 0, '\x28\xb5\x2f\xfd'],
  ['bzip2', 0, 'BZh'],
  ['html', 0, '<!DOCTYPE'],
  ['html', 0, '<html'],
];

/** Raw has no magic: whatever is none of the others. */
function formatOf(header: Buffer): string {
  const text = header.toString('latin1');
  const known = magics.find(([, at, bytes]) => text.startsWith(bytes, at));
  return known?.[0] ?? 'raw';
}
