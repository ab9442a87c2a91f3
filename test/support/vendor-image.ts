import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VendorImage } from '../../src/core/image/lock-schema.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A real, small qcow2 image with content of its own. */
export async function diskBytes(extra: readonly string[] = []): Promise<Buffer> {
  const directory = await temporaryDirectory();
  const [raw, path] = [join(directory, 'raw'), join(directory, 'disk.qcow2')];
  if (extra.length > 0) execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...extra, path, '8M']);
  else {
    await writeFile(raw, randomBytes(1024 * 1024));
    execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, path]);
  }
  const bytes = await readFile(path);
  await rm(directory, { recursive: true });
  return bytes;
}

export function vendorImage(bytes: Buffer, url: string, change: Partial<VendorImage> = {}): VendorImage {
  return {
    id: 'almalinux-9',
    arch: 'x86_64',
    name: 'AlmaLinux 9',
    family: 'el',
    defaultUser: 'almalinux',
    minimumMemoryMib: 512,
    kind: 'vendor',
    level: 'pinned',
    url,
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    sizeBytes: bytes.length,
    ...change,
  };
}
