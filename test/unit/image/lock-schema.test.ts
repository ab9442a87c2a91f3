import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findImage, imageIds } from '../../../src/core/image/find-image.ts';
import { parseImageLock } from '../../../src/core/image/lock-schema.ts';
import { failure } from '../../support/failure.ts';

const text = readFileSync(new URL('../../../images.lock.json', import.meta.url), 'utf8');
const lock = parseImageLock(text, 'images.lock.json');

const provenance = { level: 'pinned', method: 'none', verifiedAt: null, verifiedWith: null };

function withEntry(change: Record<string, unknown>): string {
  const copy = JSON.parse(text) as { images: Record<string, unknown>[] };
  copy.images[0] = { ...copy.images[0], ...change };
  return JSON.stringify(copy);
}

describe('images.lock.json', () => {
  it('has AlmaLinux 9 for both architectures, pinned and never called signed [R-06] [R-25]', () => {
    for (const arch of ['aarch64', 'x86_64'] as const) {
      const entry = findImage(lock, 'almalinux-9', arch);
      expect(entry).toMatchObject({ kind: 'vendor', provenance: { level: 'pinned' }, family: 'el' });
      expect(entry.kind === 'vendor' && entry.urls[0]).toContain(`.${arch}.qcow2`);
    }
    expect(lock.images.filter((entry) => entry.provenance.level === 'signed')).toEqual([]);
  });

  it('names dated files only, so that a digest belongs to one file [R-27]', () => {
    for (const entry of lock.images) if (entry.kind === 'vendor') expect(entry.urls.join()).not.toMatch(/latest/);
  });

  it('has the images that are built here, for both architectures', () => {
    for (const id of ['debian-12', 'tiny'])
      for (const arch of ['aarch64', 'x86_64'] as const)
        expect(findImage(lock, id, arch)).toMatchObject({ kind: 'local', provenance: { level: 'local' }, recipe: id });
  });

  it('refuses an unknown image and names the ids and the nearest one', () => {
    const error = failure(() => findImage(lock, 'almalinx-9', 'x86_64'));
    expect(error.code).toBe('image.unknown');
    expect(error.message).toMatch(/Did you mean .*almalinux-9/);
    for (const id of imageIds(lock)) expect(error.message).toContain(id);
  });

  it('says so when the image exists for the other architecture only', () => {
    const only = { ...lock, images: lock.images.filter((entry) => entry.arch === 'aarch64') };
    expect(failure(() => findImage(only, 'tiny', 'x86_64')).message).toContain('the lock file has it for aarch64');
  });

  it.each([
    ['an upper-case digest', { digest: `sha256:${'A'.repeat(64)}` }, 'images.0.digest (almalinux-8/aarch64)'],
    ['a short digest', { digest: 'sha256:abc' }, 'images.0.digest'],
    ['an http URL', { urls: ['http://images.example/a.qcow2'] }, 'is not an https URL'],
    ['no URL', { urls: [] }, 'images.0.urls'],
    ['an extra field', { extra: 1 }, 'extra'],
    ['a size as text', { size: '1e9' }, 'images.0.size'],
    [
      'tls-only without a reason',
      { provenance: { ...provenance, level: 'tls-only' } },
      'images.0.provenance.acknowledged',
    ],
    ['a vendor image called local', { provenance: { ...provenance, level: 'local' } }, 'images.0.provenance.level'],
    ['the same id and architecture twice', { arch: 'x86_64' }, 'almalinux-8/x86_64 is there twice'],
  ])('refuses %s and names entry and field', (_what, change, expected) => {
    const error = failure(() => parseImageLock(withEntry(change), 'images.lock.json'));
    expect(error.code).toBe('image.lock-invalid');
    expect(error.message).toContain(expected);
  });

  it.each(['', '[]', '{"lockfileVersion":2,"keys":{},"images":[]}', 'null'])('refuses %j', (broken) => {
    expect(failure(() => parseImageLock(broken, 'x.json')).code).toBe('image.lock-invalid');
  });
});
