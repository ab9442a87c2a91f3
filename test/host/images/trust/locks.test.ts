import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageLock } from '../../../../src/core/image/lock-schema.ts';
import { openVendor, signedAdd, User, type Vendor } from './vendor.ts';

let vendor: Vendor;
let user: User;
beforeEach(async () => {
  [vendor, user] = await Promise.all([openVendor(), User.make()]);
  await user.trust(vendor.key);
});
afterEach(() => user.dispose());

type Entry = Record<string, unknown> & { provenance: Record<string, unknown> };
const shipped = async (id: string): Promise<Entry> => {
  const lock = JSON.parse(await readFile('images.lock.json', 'utf8')) as { images: Entry[] };
  const entry = lock.images.find((known) => known['id'] === id && known['arch'] === 'x86_64');
  if (entry === undefined) throw new Error(`no ${id}`);
  return entry;
};
const edit = async (change: (text: string) => string): Promise<void> => {
  const before = await readFile(user.lockPath, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(user.lockPath, after);
};
const editEntry = (change: (entry: Entry) => object): Promise<void> =>
  edit((text) => {
    const lock = JSON.parse(text) as Omit<ImageLock, 'images'> & { images: Entry[] };
    return JSON.stringify({ ...lock, images: lock.images.map(change) });
  });
const invalid = () => user.refused('image.lock-invalid', ['image', 'pull', 'box'], { exit: 3 });

describe('case 25: a lock file that somebody edited (of kind config, so it ends with 3)', () => {
  beforeEach(() => user.ok(signedAdd(vendor)));

  it.each<[string, (text: string) => string]>([
    ['a key twice', (text) => text.replace('"size":', '"size": 1,\n      "size":')],
    ['__proto__', (text) => text.replace('"lockfileVersion"', '"__proto__": {},\n  "lockfileVersion"')],
    ['a size in words', (text) => text.replace(/"size": \d+/, '"size": "1e9"')],
    ['a digest in upper case', (text) => text.replace(/sha256:[0-9a-f]{64}/, (digest) => digest.toUpperCase())],
    ['a digest that is too short', (text) => text.replace(/(sha256:[0-9a-f]{63})[0-9a-f]/, '$1')],
    ['an http address', (text) => text.replace('https://', 'http://')],
  ])('%s', async (_, change) => {
    await edit(change);
    await invalid();
  });
  it.each<[string, (entry: Entry) => object]>([
    ['a field that is unknown', (entry) => ({ ...entry, verified: true })],
    ['a signature without its date', (entry) => ({ ...entry, provenance: { ...entry.provenance, verifiedAt: null } })],
    [
      'case 27: tls-only without a reason',
      (entry) => ({ ...entry, provenance: { ...entry.provenance, level: 'tls-only', signature: undefined } }),
    ],
  ])('%s', async (_, change) => {
    await editEntry(change);
    await invalid();
  });
});

describe('the lock file of a workspace never weakens a shipped entry', () => {
  /** As `image update` would write it, so that the change under test is the only fault. */
  const signed = (entry: Entry): Entry => ({
    ...entry,
    size: 1,
    provenance: {
      ...entry.provenance,
      level: 'signed',
      signature: {
        ...(entry.provenance['signature'] as object),
        sha256: 'a'.repeat(64),
        hash: 'sha256',
        created: '2026-05-27T00:00:00Z',
      },
      verifiedAt: '2026-06-01T00:00:00Z',
      verifiedWith: 'sysmonvm 0.1.0',
    },
  });
  const withKey = (entry: Entry, key: string): Entry => ({
    ...entry,
    provenance: { ...entry.provenance, signature: { ...(entry.provenance['signature'] as object), key } },
  });
  const written = async (entry: object): Promise<void> =>
    edit((text) => JSON.stringify({ ...(JSON.parse(text) as object), images: [entry] }));

  it('takes one that is signed like the shipped one', async () => {
    await written(signed(await shipped('almalinux-9')));
    const { image } = await user.ok<{ image: object }>(['image', 'show', 'almalinux-9']);
    expect(image).toMatchObject({ origin: 'workspace', level: 'signed' });
  });
  it.each<[string, (entry: Entry) => object, string]>([
    ['the level pinned', (entry) => entry, 'has level pinned'],
    [
      'another digest',
      (entry) => ({ ...signed(entry), digest: `sha256:${'a'.repeat(64)}` }),
      'gives the shipped build another digest',
    ],
    ['a key of the user', (entry) => withKey(signed(entry), 'box'), 'does not vouch for this image'],
    ['another server', (entry) => ({ ...signed(entry), urls: ['https://evil.example/x.qcow2'] }), 'evil.example'],
  ])('%s', async (_, change, why) => {
    await written(change(await shipped('almalinux-9')));
    const message = expect.stringContaining(why);
    await user.refused('image.lock-invalid', ['image', 'show', 'almalinux-9'], { exit: 3, message });
  });
});

describe('case 21: how long ago a signature was asked for', () => {
  it('after 90 days it is told, and refused where a limit was given', async () => {
    await user.ok(signedAdd(vendor));
    await user.ok(['image', 'verify', 'box', '--max-age', '1']);
    const { stderr } = await user.bench.run(['image', 'pull', 'box'], { env: user.env({ clockDays: 100 }) });
    expect(stderr).toContain('was last checked 100 days ago');
    const { image } = await user.ok<{ image: object }>(['image', 'show', 'box'], { clockDays: 100 });
    expect(image).toMatchObject({ stale: true, verifiedDaysAgo: 100 });
    await user.refused('image.stale', ['image', 'verify', 'box', '--max-age', '90'], { clockDays: 100 });
  });
  it('an entry that was never checked is older than any limit', async () => {
    const file = join(user.directory, 'own.qcow2');
    await writeFile(file, vendor.image);
    await user.ok(['image', 'add', file, '--id', 'own']);
    await user.refused('image.stale', ['image', 'verify', 'own', '--max-age', '90']);
  });
});

describe('entries and keys of the user', () => {
  it('a file is copied into the cache, pinned; it is removed with its entry and pruned', async () => {
    const file = join(user.directory, 'own.qcow2');
    await writeFile(file, vendor.image);
    expect(await user.ok(['image', 'add', file, '--id', 'own'])).toMatchObject({
      image: { level: 'pinned', origin: 'workspace' },
    });
    await user.refused('image.id-reserved', ['image', 'add', file, '--id', 'own']);
    await user.refused('image.id-reserved', ['image', 'add', file, '--id', 'almalinux-9']);
    await user.ok(['image', 'remove', 'own']);
    expect(await user.ok(['image', 'verify'])).toMatchObject({
      images: [{ id: 'own', bytes: 'right', signature: 'not-kept' }],
    });
    await user.refused('image.unknown', ['image', 'remove', 'own']);
    await user.refused('image.id-reserved', ['image', 'remove', 'almalinux-9']);
    expect(await user.ok(['image', 'prune', '--dry-run'])).toMatchObject({
      removals: [{ reason: 'no VM or template uses it' }],
    });
    await user.ok(['image', 'prune']);
    expect((await user.state()).cached).toEqual([]);
  });
  it('a key is not removed while an image names it', async () => {
    await user.ok(signedAdd(vendor));
    await user.refused('image.in-use', ['image', 'key', 'remove', 'box']);
    await user.refused('image.id-reserved', ['image', 'key', 'remove', 'almalinux-9']);
    await user.ok(['image', 'remove', 'box']);
    await user.ok(['image', 'key', 'remove', 'box']);
    const { keys } = await user.ok<{ keys: { id: string }[] }>(['image', 'key', 'list']);
    expect(keys.map(({ id }) => id)).not.toContain('box');
  });
  it('--offline and SYSMONVM_OFFLINE open no connection', async () => {
    const asked = vendor.requests.length;
    await user.refused('image.offline', signedAdd(vendor, '--offline'));
    await user.refused('image.offline', ['image', 'update', 'almalinux-9', '--offline']);
    await user.refused('image.offline', ['image', 'pull', 'almalinux-9', '--offline']);
    await user.refused('image.offline', ['image', 'pull', 'tiny', '--offline']);
    const { stderr } = await user.bench.run(['image', 'pull', 'tiny', '--json'], {
      env: { ...user.env({}), SYSMONVM_OFFLINE: '1' },
    });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'image.offline' } });
    expect(vendor.requests.length).toBe(asked);
  });
});
