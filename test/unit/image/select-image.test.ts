import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseChecksums } from '../../../src/core/image/checksum-file.ts';
import type { ListedDigest } from '../../../src/core/image/checksum-lines.ts';
import { findImage } from '../../../src/core/image/find-image.ts';
import type { VendorImage } from '../../../src/core/image/image-entry.ts';
import { parseImageLock } from '../../../src/core/image/lock-schema.ts';
import { selectImage } from '../../../src/core/image/select-image.ts';
import { newestRelease, vendorOf } from '../../../src/core/image/vendors.ts';
import { failure } from '../../support/failure.ts';

const file = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const lock = parseImageLock(file('images.lock.json'), 'images.lock.json');
const vendorImages = lock.images.filter((entry): entry is VendorImage => entry.kind === 'vendor');

function entryOf(id: string, arch: 'aarch64' | 'x86_64'): VendorImage {
  const entry = findImage(lock, id, arch);
  if (entry.kind !== 'vendor') throw new Error(`${id} is built here`);
  return entry;
}

function listOf(name: string, format: 'gnu' | 'bsd', distro: string): ReadonlyMap<string, ListedDigest> {
  return parseChecksums(file(`test/fixtures/checksums/good/${name}`), { format, distro, strict: true });
}

const digest = (letter: string): ListedDigest => ({ algorithm: 'sha256', digest: `sha256:${letter.repeat(64)}` });
const alma = entryOf('almalinux-9', 'aarch64');
const almaList = listOf('almalinux-9-aarch64', 'gnu', 'almalinux');
const almaName = 'AlmaLinux-9-GenericCloud-9.8-20260526.aarch64.qcow2';

describe('one file of a list of digests', () => {
  it.each([
    ['almalinux-9', 'aarch64', 'almalinux-9-aarch64', 'gnu', { version: '9.8', build: '20260526' }],
    ['almalinux-10', 'x86_64', 'almalinux-10-x86_64', 'gnu', { version: '10.2', build: '20260526.0' }],
    ['centos-stream-9', 'aarch64', 'centos-stream-9-aarch64', 'bsd', { version: '9', build: '20260720.0' }],
    ['debian-13-genericcloud', 'aarch64', 'debian-13-SHA512SUMS', 'gnu', { build: '20260712-2537' }],
    ['fedora-44', 'aarch64', 'fedora-44-aarch64-signed-text', 'bsd', { version: '44-1.7', build: '1.7' }],
    ['opensuse-leap-16', 'aarch64', 'opensuse-leap-16-aarch64', 'gnu', { version: '16.0', build: '18.7' }],
    ['rocky-9', 'aarch64', 'rocky-9-aarch64', 'bsd', { version: '9.8', build: '20260525.0', sizeBytes: 616_890_368 }],
    ['ubuntu-24.04', 'x86_64', 'ubuntu-24.04-SHA256SUMS', 'gnu', { version: '24.04', build: '20260705' }],
  ] as const)('%s for %s is found in %s', (id, arch, list, format, expected) => {
    const entry = entryOf(id, arch);
    const found = selectImage(listOf(list, format, entry.distro), { entry });
    expect(found).toMatchObject({ fileName: entry.fileName, ...expected });
  });

  it('is the dated one with the digest of the moving name, not the last of the list [R-27]', () => {
    const list = new Map(listOf('centos-stream-9-aarch64', 'bsd', 'centos-stream'));
    const older = 'CentOS-Stream-GenericCloud-9-20260622.0.aarch64.qcow2';
    list.set('CentOS-Stream-GenericCloud-9-latest.aarch64.qcow2', list.get(older) ?? digest('0'));
    expect(selectImage(list, { entry: entryOf('centos-stream-9', 'aarch64') }).fileName).toBe(older);
  });

  it('is refused when the list is of the other architecture (case 14)', () => {
    const x86 = new Map([...almaList].map(([name, listed]) => [name.replace('aarch64', 'x86_64'), listed]));
    expect(failure(() => selectImage(x86, { entry: alma })).code).toBe('image.not-listed');
    expect(failure(() => selectImage(x86, { entry: alma, fileName: almaName.replace('aarch64', 'x86_64') })).code).toBe(
      'image.not-listed',
    );
  });

  it('is refused when the moving name has the digest of two dated ones, or of none (case 14)', () => {
    const alias = 'AlmaLinux-9-GenericCloud-latest.aarch64.qcow2';
    const same = almaList.get(almaName) ?? digest('0');
    const two = new Map([...almaList, ['AlmaLinux-9-GenericCloud-9.8-20260601.aarch64.qcow2', same]] as const);
    const error = failure(() => selectImage(two, { entry: alma }));
    expect(error.code).toBe('image.ambiguous');
    expect(error.message).toContain('20260526');
    expect(error.message).toContain('20260601');
    expect(failure(() => selectImage(new Map([...almaList, [alias, digest('f')]]), { entry: alma })).code).toBe(
      'image.not-listed',
    );
  });

  it('is refused when there are two dated ones and no moving name', () => {
    const list = new Map([...listOf('centos-stream-9-aarch64', 'bsd', 'centos-stream')].slice(0, 2));
    expect(failure(() => selectImage(list, { entry: entryOf('centos-stream-9', 'aarch64') })).code).toBe(
      'image.ambiguous',
    );
  });

  it('is never the one of another variant, minor name or a longer name', () => {
    for (const name of ['AlmaLinux-9-GenericCloud-ext4-9.8-20260526.aarch64.qcow2', `${almaName}.sig`, `x${almaName}`])
      expect(failure(() => selectImage(new Map([[name, digest('a')]]), { entry: alma })).code).toBe('image.not-listed');
  });

  it('can be named exactly, or by the pattern of a user', () => {
    expect(selectImage(almaList, { entry: alma, fileName: almaName }).digest).toBe(almaList.get(almaName)?.digest);
    const pattern = /AlmaLinux-9-OpenNebula-(?<version>[\d.]+)-(?<build>\d+)\.aarch64\.qcow2/g;
    const found = selectImage(almaList, { entry: { ...alma, distro: 'custom' }, pattern });
    expect(found).toMatchObject({ version: '9.8', build: '20260526' });
  });
});

describe('vendors', () => {
  it.each(vendorImages.map((entry) => [entry.id, entry.arch, entry] as const))(
    '%s for %s: name and URLs of the lock file are those of the vendor',
    (_id, _arch, entry) => {
      const vendor = vendorOf(entry);
      const { version, build } = entry;
      expect(vendor.namePattern.test(entry.fileName)).toBe(true);
      expect([
        vendor.imageUrl(entry.fileName, version, build),
        ...vendor.mirrorUrls(entry.fileName, version, build),
      ]).toEqual(entry.urls);
      expect(vendor.format).toBe(entry.provenance.checksums?.format);
      expect(vendor.signatureUrl === undefined).toBe(entry.provenance.signature === undefined);
      const hosts = new Set(entry.urls.map((url) => new URL(url).host));
      for (const url of [vendor.checksumsUrl, vendor.signatureUrl, vendor.index?.url])
        if (url !== undefined) expect(hosts).toContain(new URL(url).host);
      if (entry.distro !== 'rocky') expect(vendor.checksumsUrl).toBe(entry.provenance.checksums?.url);
      const otherArch = vendorImages.filter(({ id, arch }) => id === entry.id && arch !== entry.arch);
      for (const other of otherArch) expect(vendor.namePattern.test(other.fileName)).toBe(false);
    },
  );

  it.each([
    ['debian-13-genericcloud', '"cloud.debian.org/version": "20261101-2650"', '20261101-2650/SHA512SUMS'],
    ['ubuntu-24.04', 'orig_prefix=noble\nserial=20261101\nsuite=noble\n', 'release-20261101/SHA256SUMS'],
    [
      'opensuse-leap-16',
      '{"data":[{"name":"Leap-16.0-Minimal-VM.aarch64-Cloud-Build18.7.qcow2"},{"name":"Leap-16.0-Minimal-VM.aarch64-Cloud-Build18.10.qcow2"}]}',
      'Build18.10.qcow2.sha256',
    ],
    [
      'alpine-3.23',
      '<a href="nocloud_alpine-3.23.4-aarch64-uefi-cloudinit-r0.qcow2">x</a><a href="nocloud_alpine-3.23.10-aarch64-uefi-cloudinit-r1.qcow2">x</a>',
      'nocloud_alpine-3.23.10-aarch64-uefi-cloudinit-r1.qcow2.sha512',
    ],
  ])('%s: the index tells the newest build, whose list is read then', (id, text, end) => {
    const entry = entryOf(id, 'aarch64');
    const { index } = vendorOf(entry);
    if (index === undefined) throw new Error('no index');
    const release = newestRelease(text, index, entry);
    const newer = vendorOf(entry, release);
    expect(newer.checksumsUrl.endsWith(end)).toBe(true);
    expect(newer.checksumsUrl).not.toBe(vendorOf(entry).checksumsUrl);
    expect(failure(() => newestRelease('<html>', index, entry)).code).toBe('image.not-listed');
  });

  it('an entry of a user says itself where its list is and how its files are called', () => {
    const own: VendorImage = {
      ...alma,
      distro: 'custom',
      fileName: 'my-image-3.qcow2',
      urls: ['https://images.example/a/my-image-3.qcow2', 'https://mirror.example/b/my-image-3.qcow2'],
      namePattern: 'my-image-(?<version>\\d+)\\.qcow2',
      provenance: {
        ...alma.provenance,
        checksums: { url: 'https://images.example/a/SHA256SUMS', format: 'gnu', sha256: null },
        signature: undefined,
      },
    };
    const vendor = vendorOf(own);
    expect(vendor).toMatchObject({ checksumsUrl: 'https://images.example/a/SHA256SUMS', format: 'gnu' });
    expect(vendor.signatureUrl).toBeUndefined();
    expect(vendor.imageUrl('my-image-4.qcow2', '4', '4')).toBe('https://images.example/a/my-image-4.qcow2');
    expect(vendor.mirrorUrls('my-image-4.qcow2', '4', '4')).toEqual(['https://mirror.example/b/my-image-4.qcow2']);
    expect(vendor.namePattern.test('my-image-4.qcow2.asc')).toBe(false);
    const { checksums: _, ...bare } = own.provenance;
    expect(failure(() => vendorOf({ ...own, provenance: bare })).code).toBe('image.not-listed');
  });
});
