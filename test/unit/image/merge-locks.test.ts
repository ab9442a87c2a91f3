import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findImage } from '../../../src/core/image/find-image.ts';
import { formatLock } from '../../../src/core/image/format-lock.ts';
import type { ImageEntry, LocalImage, SigningKey, VendorImage } from '../../../src/core/image/image-entry.ts';
import { type ImageLock, parseImageLock, parseWorkspaceLock } from '../../../src/core/image/lock-schema.ts';
import { mergeLocks } from '../../../src/core/image/merge-locks.ts';
import { failure } from '../../support/failure.ts';

const text = readFileSync(new URL('../../../images.lock.json', import.meta.url), 'utf8');
const shipped = parseImageLock(text, 'images.lock.json');
const ownKey: SigningKey = {
  fingerprint: 'A'.repeat(40),
  file: 'keys/mine',
  fileSha256: 'a'.repeat(64),
  allowedHashes: ['sha256'],
  signatureForm: 'detached',
};

function vendorImage(id: string, arch: 'aarch64' | 'x86_64'): VendorImage {
  const entry = findImage(shipped, id, arch);
  if (entry.kind !== 'vendor') throw new Error(`${id} is built here`);
  return entry;
}

/** As `image update` would write it. */
function updated(entry: VendorImage, change: Partial<VendorImage> = {}): VendorImage {
  const { reason: _, ...provenance } = entry.provenance;
  const signature = provenance.signature;
  return {
    ...entry,
    size: 528_000_000,
    provenance: {
      ...provenance,
      level: 'signed',
      ...(signature === undefined
        ? {}
        : { signature: { ...signature, sha256: 'b'.repeat(64), hash: 'sha256', created: '2026-11-01T00:00:00Z' } }),
      verifiedAt: '2026-11-02T00:00:00Z',
      verifiedWith: 'sysmonvm 0.1.0',
    },
    ...change,
  };
}

const alma = vendorImage('almalinux-9', 'aarch64');
const newer = { version: '9.9', build: '20261101', digest: `sha256:${'c'.repeat(64)}` };

function workspace(images: readonly ImageEntry[], keys: Record<string, SigningKey> = {}): ImageLock {
  return { lockfileVersion: 1, keys, images };
}

/** Through the text, as it happens. */
function merged(lock: ImageLock) {
  return mergeLocks(
    shipped,
    parseWorkspaceLock(formatLock(lock), 'ws/images.lock.json', shipped),
    'ws/images.lock.json',
  );
}

function own(change: Partial<VendorImage> = {}, provenance: Partial<VendorImage['provenance']> = {}): VendorImage {
  return {
    ...updated(alma),
    id: 'my-image',
    distro: 'custom',
    urls: ['https://images.example/my-image.qcow2'],
    provenance: { level: 'pinned', method: 'none', verifiedAt: null, verifiedWith: null, ...provenance },
    ...change,
  };
}

function tlsOnly(entry: VendorImage): VendorImage {
  const { signature: _, ...provenance } = entry.provenance;
  return { ...entry, provenance: { ...provenance, level: 'tls-only', acknowledged: 'no signature today' } };
}

const signedByMe = {
  ...updated(alma).provenance,
  signature: { ...updated(alma).provenance.signature, key: 'mine' },
} as VendorImage['provenance'];

describe('the lock files of package and workspace together', () => {
  it('are the shipped one alone without a workspace', () => {
    const lock = mergeLocks(shipped, undefined, 'ws');
    expect(lock.images.map(({ origin: _, ...entry }) => entry)).toEqual(shipped.images);
    expect(new Set(lock.images.map(({ origin }) => origin))).toEqual(new Set(['shipped']));
  });

  it('bring a shipped image forward when it is signed by its own key', () => {
    const lock = merged(workspace([updated(alma, newer)]));
    expect(findImage(lock, 'almalinux-9', 'aarch64')).toMatchObject({ ...newer, origin: 'workspace' });
    expect(lock.images).toHaveLength(shipped.images.length);
    expect(merged(workspace([updated(alma)])).images).toHaveLength(shipped.images.length);
  });

  it('add the architecture that a vendor had not when the lock file was made', () => {
    const leap = vendorImage('opensuse-leap-16', 'aarch64');
    const lock = merged(workspace([updated(leap, { arch: 'x86_64', vendorArch: 'x86_64' })]));
    expect(findImage(lock, 'opensuse-leap-16', 'x86_64')).toMatchObject({ origin: 'workspace' });
  });

  it('bring an image forward that its vendor does not sign', () => {
    const stream = vendorImage('centos-stream-9', 'aarch64');
    const change = { build: '20261101.0', digest: newer.digest };
    expect(findImage(merged(workspace([{ ...stream, ...change }])), stream.id, 'aarch64')).toMatchObject(change);
  });

  it('have entries of the user, pinned or signed by a key of the workspace', () => {
    const lock = merged(workspace([own(), own({ id: 'other' }, signedByMe)], { mine: ownKey }));
    expect(lock.keys).toMatchObject({ mine: ownKey, 'almalinux-9': shipped.keys['almalinux-9'] });
    expect(findImage(lock, 'other', 'aarch64')).toMatchObject({ origin: 'workspace' });
  });

  const local = findImage(shipped, 'tiny', 'x86_64') as LocalImage;
  it.each<[string, ImageEntry, string]>([
    ['only pinned', { ...alma, ...newer }, 'level pinned'],
    ['tls-only instead of pinned (case 26)', tlsOnly(updated(alma, newer)), 'level tls-only'],
    ['signed by the key of a user', updated(alma, { provenance: signedByMe }), 'does not vouch'],
    [
      'signed by the key of another vendor',
      updated(alma, {
        provenance: {
          ...signedByMe,
          signature: { ...signedByMe.signature, key: 'fedora-44' },
        } as VendorImage['provenance'],
      }),
      'does not vouch',
    ],
    ['of another distro', updated(alma, { distro: 'custom' }), '"distro"'],
    ['of another release', updated(alma, { release: '8' }), '"release"'],
    ['of another variant', updated(alma, { variant: 'OpenNebula' }), '"variant"'],
    ['with another user', updated(alma, { defaultUser: 'root' }), '"defaultUser"'],
    ['the same build with other bytes (case 20)', updated(alma, { digest: newer.digest }), 'another digest'],
    ['from another host', updated(alma, { urls: ['https://evil.example/a.qcow2'] }), 'evil.example'],
    ['redirected to any host', updated(alma, { redirectHosts: ['*'] }), 'the host *'],
    ['with a name pattern', updated(alma, { namePattern: '(?<build>.*)' }), 'name pattern'],
    ['a vendor image under the id of one built here', own({ id: 'tiny' }), 'built here'],
    ['a local image under a shipped id', { ...local, id: 'almalinux-9' }, 'has the id of a shipped image'],
    ['a local image', { ...local, id: 'mine' }, 'recipe'],
    ['an own id with the distro of a vendor', own({ distro: 'almalinux' }), '"custom"'],
    ['an own id with a shipped key', own({}, updated(alma).provenance), 'names the shipped key'],
  ])('refuse an entry that is %s, and name it', (_what, entry, expected) => {
    const error = failure(() => merged(workspace([entry], { mine: ownKey })));
    expect(error.code).toBe('image.lock-invalid');
    expect(error.kind).toBe('config');
    expect(error.message).toContain(`${entry.id}/${entry.arch}`);
    expect(error.message).toContain(expected);
  });

  it('let the shipped build stand where the workspace has an older one (case 20)', () => {
    const older = updated(alma, { version: '9.7', build: '20251101', digest: newer.digest });
    const found = merged(workspace([older])).images.find(({ id, arch }) => id === alma.id && arch === alma.arch);
    expect(found).toMatchObject({ origin: 'shipped', build: alma.build, digest: alma.digest });
  });

  it('refuse a key with the id of a shipped one, even the same one', () => {
    for (const key of [ownKey, shipped.keys['almalinux-9'] ?? ownKey]) {
      const error = failure(() => merged(workspace([], { 'almalinux-9': key })));
      expect(error.code).toBe('image.lock-invalid');
      expect(error.message).toContain('"almalinux-9"');
    }
  });

  it('refuse a key that is nowhere, a pattern that is none, and levels that contradict themselves (case 27)', () => {
    const refused = (entry: VendorImage) =>
      failure(() => parseWorkspaceLock(JSON.stringify(workspace([entry])), 'ws', shipped)).message;
    expect(refused(own({}, signedByMe))).toContain('names the key "mine"');
    expect(refused(own({ namePattern: 'a(' }))).toContain('images.0.namePattern (my-image/aarch64)');
    expect(refused(own({ namePattern: 'without-groups' }))).toContain('"version" or "build"');
    expect(refused(own({}, { level: 'tls-only' }))).toContain('acknowledged');
  });
});

describe('the shipped lock file', () => {
  it('has no name patterns', () => {
    const copy = { ...shipped, images: [{ ...alma, namePattern: '(?<build>.*)' }] };
    expect(failure(() => parseImageLock(JSON.stringify(copy), 'x')).message).toContain('namePattern');
  });

  it.each([
    ['another fingerprint', { ...ownKey }, 'the pinned one is'],
    ['a key that the source does not know', undefined, 'knows no such key'],
  ])('is refused with %s (case 2)', (_what, key, expected) => {
    const keys = key === undefined ? { ...shipped.keys, mine: ownKey } : { ...shipped.keys, 'almalinux-9': key };
    const error = failure(() => parseImageLock(JSON.stringify({ ...shipped, keys }), 'x'));
    expect(error.code).toBe('image.key-fingerprint');
    expect(error.message).toContain(expected);
  });
});
