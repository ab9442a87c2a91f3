import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { VendorImage } from '../../../src/core/image/image-entry.ts';
import type { CachedImage, ImageCache } from '../../../src/core/ports/image-cache.ts';
import type { SignedBy } from '../../../src/core/ports/signatures.ts';
import { cacheIn, certificate, expectNothingLeft, failure, sendFile, sha256 } from '../../support/image-pulls.ts';
import { type ImageServer, serveTls } from '../../support/image-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { diskBytes, vendorImage } from '../../support/vendor-image.ts';

const fingerprint = 'A'.repeat(40);
const signer: SignedBy = {
  keyId: 'throw-away',
  origin: 'user',
  fingerprint,
  signingFingerprint: fingerprint,
  userId: 'Somebody',
  hash: 'sha512',
  created: '2026-07-01T00:00:00Z',
};
const kept = {
  checksums: Buffer.from('sums\n'),
  signature: Buffer.from('signature\n'),
  verifiedAt: '2026-07-02T00:00:00Z',
  verifiedWith: 'a checker 1.0',
};

let bytes: Buffer;
let root: string;
let directory: string;
let server: ImageServer;
let cache: ImageCache;
let entry: VendorImage;
let image: CachedImage;

beforeAll(async () => {
  bytes = await diskBytes();
});
beforeEach(async () => {
  root = await temporaryDirectory();
  directory = join(root, 'images');
  server = await serveTls(certificate, sendFile(bytes));
  cache = cacheIn(directory);
  entry = withKey(vendorImage(bytes, server.url), 'throw-away');
  image = await cache.fetch(entry);
});

function withKey(plain: VendorImage, key: string): VendorImage {
  const url = 'https://127.0.0.1/SUMS';
  const signature = { url, form: 'detached', sha256: null, key, hash: null, created: null } as const;
  return {
    ...plain,
    provenance: { ...plain.provenance, signature: { ...signature, signingFingerprint: fingerprint } },
  };
}

describe('what vouches for an image', () => {
  it('is kept beside it and makes it signed, with who and when', async () => {
    expect(image).toMatchObject({ level: 'pinned' });
    expect(image.evidence).toBeUndefined();
    expect(await cache.readEvidence(entry.digest)).toBeUndefined();
    await cache.keepEvidence(entry.digest, { ...kept, signer });
    expect(await cache.readEvidence(entry.digest)).toEqual({ ...kept, signer });
    const { verifiedAt, verifiedWith } = kept;
    const evidence = { level: 'signed', signer, verifiedAt, verifiedWith };
    expect(await cache.lookup(entry)).toEqual({ ...image, level: 'signed', evidence });
    expect(await cache.list()).toMatchObject([{ level: 'signed', evidence }]);
    const folder = join(directory, 'by-digest', entry.digest.replace(':', '-'), 'evidence');
    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o444);
  });

  it('counts for entries that name this key and for no others', async () => {
    await cache.keepEvidence(entry.digest, { ...kept, signer });
    const others = [
      vendorImage(bytes, server.url, { level: 'signed' }),
      withKey(vendorImage(bytes, server.url), 'another-key'),
      { ...entry, provenance: { ...entry.provenance, signature: undefined, level: 'tls-only' as const } },
    ] as readonly VendorImage[];
    for (const other of others) {
      const found = await cache.lookup(other);
      expect(found?.level).toBe(other.provenance.level === 'tls-only' ? 'tls-only' : 'pinned');
      expect(found?.evidence).not.toHaveProperty('signer');
    }
  });

  it('without a signer makes nothing signed', async () => {
    await cache.keepEvidence(entry.digest, kept);
    expect(await cache.lookup(entry)).toMatchObject({ level: 'pinned', evidence: { level: 'pinned' } });
  });

  it('outlives a damaged image, and goes with a removed one', async () => {
    await cache.keepEvidence(entry.digest, { ...kept, signer });
    await chmod(image.path, 0o644);
    await writeFile(image.path, 'damaged');
    expect((await failure(cache.lookup(entry))).code).toBe('image.digest-mismatch');
    expect((await cache.fetch(entry)).level).toBe('signed');
    expect(await cache.remove(entry.digest)).toBe(true);
    await expectNothingLeft(directory);
  });

  it('is replaced as a whole', async () => {
    await cache.keepEvidence(entry.digest, { ...kept, signer });
    const { checksums: _, ...alone } = kept;
    await cache.keepEvidence(entry.digest, alone);
    expect(await cache.readEvidence(entry.digest)).toEqual(alone);
  });
});

describe('an image on its way to a machine without network', () => {
  let parcel: string;
  let far: ImageCache;

  beforeEach(async () => {
    parcel = join(root, 'parcel');
    far = cacheIn(join(root, 'far'));
    await cache.keepEvidence(entry.digest, { ...kept, signer });
    await cache.exportImage(entry.digest, parcel);
  });

  const editManifest = async (change: Record<string, unknown>): Promise<void> => {
    const path = join(parcel, 'manifest.json');
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...change }));
  };

  it('takes the evidence along, and is signed there only after somebody has checked it', async () => {
    expect((await readdir(parcel)).sort()).toEqual(['checksums', 'disk.qcow2', 'manifest.json', 'signature']);
    const arrived = await far.importImage(parcel, entry, { offline: true });
    expect(arrived).toMatchObject({ digest: entry.digest, level: 'pinned' });
    expect(bytes.equals(await readFile(arrived.path))).toBe(true);
    const { checksums, signature } = kept;
    expect(await far.readEvidence(entry.digest)).toEqual({ checksums, signature });
    expect((await far.lookup(entry, { verify: true }))?.level).toBe('pinned');
    await far.keepEvidence(entry.digest, { ...kept, signer });
    expect((await far.lookup(entry))?.level).toBe('signed');
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'whose disk was changed',
      () => writeFile(join(parcel, 'disk.qcow2'), Buffer.alloc(bytes.length)),
      'image.digest-mismatch',
    ],
    ['whose disk was cut off', () => writeFile(join(parcel, 'disk.qcow2'), bytes.subarray(1)), 'image.size-mismatch'],
    ['of another image', () => editManifest({ digest: sha256(Buffer.alloc(1)) }), 'image.digest-mismatch'],
    ['that names a disk elsewhere', () => editManifest({ disk: { name: '../../secret' } }), 'image.unsafe-base'],
    ['of another version', () => editManifest({ schemaVersion: 2 }), 'image.unsafe-base'],
    ['without a manifest', () => rm(join(parcel, 'manifest.json')), 'image.unsafe-base'],
    ['whose disk is a link', () => linked('disk.qcow2'), 'image.unsafe-base'],
    ['whose manifest is a link', () => linked('manifest.json'), 'image.unsafe-base'],
    [
      'whose manifest is huge',
      () => writeFile(join(parcel, 'manifest.json'), Buffer.alloc(300_000)),
      'image.unsafe-base',
    ],
  ])('%s is not taken', async (_, change, code) => {
    await change();
    expect((await failure(far.importImage(parcel, entry))).code).toBe(code);
    await expectNothingLeft(join(root, 'far'));
  });

  async function linked(name: string): Promise<void> {
    const path = join(parcel, name);
    await writeFile(join(root, name), await readFile(path));
    await rm(path);
    await symlink(join(root, name), path);
  }

  it('is exported into a new directory only, and only when it is the right one', async () => {
    expect((await failure(cache.exportImage(entry.digest, parcel))).code).toBe('usage.invalid-argument');
    expect((await failure(cache.exportImage(sha256(Buffer.alloc(1)), join(root, 'no')))).code).toBe('image.not-cached');
    await chmod(image.path, 0o644);
    await writeFile(image.path, Buffer.alloc(bytes.length));
    expect((await failure(cache.exportImage(entry.digest, join(root, 'no')))).code).toBe('image.digest-mismatch');
    expect(await readdir(root)).not.toContain('no');
  });

  it('was packed: it is taken when the lock file knows what comes out, and else not', async () => {
    const packed = gzipSync(bytes);
    const server = await serveTls(certificate, sendFile(packed));
    const known = vendorImage(packed, server.url, { compression: 'gz', contentDigest: sha256(bytes) });
    await cache.fetch(known);
    await cache.exportImage(known.digest, join(root, 'packed'));
    expect((await failure(far.importImage(join(root, 'packed'), { ...known, contentDigest: null }))).code).toBe(
      'image.digest-mismatch',
    );
    const arrived = await far.importImage(join(root, 'packed'), known);
    expect(arrived).toMatchObject({ digest: known.digest, contentDigest: sha256(bytes) });
  });
});

describe('a file of the user', () => {
  it('is described without QEMU and copied with its own digest', async () => {
    const path = join(root, 'mine.qcow2');
    await writeFile(path, bytes);
    const described = await cache.describeFile(path);
    expect(described).toEqual({
      digest: sha256(bytes),
      sizeBytes: bytes.length,
      compression: 'none',
      format: 'qcow2',
      virtualSizeBytes: 1024 ** 2,
    });
    const other = cacheIn(join(root, 'other'));
    const added = await other.addFile(entry, path, { offline: true });
    expect(bytes.equals(await readFile(added.path))).toBe(true);
    expect(await readFile(path)).toEqual(bytes);
    expect(await other.lookup(entry)).toEqual(added);
  });

  it('may be packed', async () => {
    const path = join(root, 'mine.gz');
    const packed = gzipSync(bytes);
    await writeFile(path, packed);
    expect(await cache.describeFile(path)).toEqual({
      digest: sha256(packed),
      sizeBytes: packed.length,
      compression: 'gz',
    });
    const mine = vendorImage(packed, server.url, { compression: 'gz' });
    expect(await cache.addFile(mine, path)).toMatchObject({ contentDigest: sha256(bytes) });
  });

  it('that changed, or cannot be read, or is no image is not taken', async () => {
    const other = cacheIn(join(root, 'other'));
    const path = join(root, 'mine.qcow2');
    await writeFile(path, Buffer.alloc(bytes.length));
    expect((await failure(other.addFile(entry, path))).code).toBe('image.digest-mismatch');
    expect((await failure(other.addFile(entry, join(root, 'nothing')))).code).toBe('image.unsafe-base');
    await mkdir(join(root, 'folder'));
    expect((await failure(other.addFile(entry, join(root, 'folder')))).code).toBe('image.unsafe-base');
    expect((await failure(other.describeFile(join(root, 'folder')))).code).toBe('image.unsafe-base');
    await writeFile(path, '<html></html>');
    expect((await failure(other.describeFile(path))).code).toBe('image.unsafe-base');
    await expectNothingLeft(join(root, 'other'));
  });
});
