import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseImageLock } from '../../../src/core/image/lock-schema.ts';
import { trustAnchor, trustAnchors } from '../../../src/core/image/trust-anchors.ts';

const file = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url));
const lock = parseImageLock(file('images.lock.json').toString(), 'images.lock.json');

describe('trust anchors [R-25]', () => {
  it('are exactly the keys of the shipped lock file', () => {
    expect(Object.fromEntries(Object.entries(lock.keys).map(([id, { fingerprint }]) => [id, fingerprint]))).toEqual(
      Object.fromEntries(Object.entries(trustAnchors).map(([id, { fingerprint }]) => [id, fingerprint])),
    );
  });

  it.each(Object.entries(lock.keys))('%s: the key file is the one of the lock file', (_id, key) => {
    expect(createHash('sha256').update(file(key.file)).digest('hex')).toBe(key.fileSha256);
  });

  it('allow version 3 signatures for openSUSE only', () => {
    const loose = Object.entries(trustAnchors).filter(([, { packetVersions }]) => packetVersions.includes(3));
    expect(loose.map(([id]) => id)).toEqual(['opensuse-2022']);
  });

  it('know nothing by accident', () => {
    for (const id of ['__proto__', 'constructor', 'mine']) expect(trustAnchor(id)).toBeUndefined();
  });
});
