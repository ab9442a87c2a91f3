import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VendorImage } from '../../src/core/image/image-entry.ts';
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

type Change = Partial<Omit<VendorImage, 'provenance'>> & { readonly level?: VendorImage['provenance']['level'] };

export function vendorImage(bytes: Buffer, url: string, { level = 'pinned', ...change }: Change = {}): VendorImage {
  return {
    id: 'almalinux-9',
    arch: 'x86_64',
    name: 'AlmaLinux 9',
    family: 'el',
    defaultUser: 'almalinux',
    minimumMemoryMib: 512,
    kind: 'vendor',
    distro: 'almalinux',
    release: '9',
    version: '9.8',
    build: '20260526',
    vendorArch: 'x86_64',
    variant: 'GenericCloud',
    format: 'qcow2',
    compression: 'none',
    fileName: 'image.qcow2',
    urls: [url],
    redirectHosts: [],
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    size: bytes.length,
    virtualSize: null,
    provenance: { level, method: 'none', verifiedAt: null, verifiedWith: null },
    ...change,
  };
}
