import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { made, signText } from '../signatures/throwaway-keys.ts';
import {
  bsd,
  changed,
  current,
  disk,
  gnu,
  nameOf,
  openVendor,
  sha256,
  signedAdd,
  User,
  type Vendor,
} from './vendor.ts';

let vendor: Vendor;
let user: User;
beforeEach(async () => {
  [vendor, user] = await Promise.all([openVendor(), User.make()]);
  await user.trust(vendor.key);
});
afterEach(() => user.dispose());

const forged = disk('forged');
const good = () => gnu([current, vendor.image]);

describe('clearsigned lists', () => {
  const add = () => signedAdd(vendor, '--form', 'clearsigned', '--signature', `${vendor.url}/CHECKSUM`);

  it.each<[string, (document: string, line: string) => string]>([
    ['before BEGIN', (document, line) => `${line}${document}`],
    ['after END', (document, line) => `${document}${line}`],
    ['in the header', (document, line) => document.replace(/^(Hash: .*\n)/m, `$1${line}`)],
    ['in a second document', (document, line) => document + document.replace(/^[0-9a-f]{64} .*\n/m, line)],
  ])('case 11: a forged line %s', async (_, change) => {
    vendor.put('CHECKSUM', change(await signText(good(), vendor.key), gnu([current, forged])));
    vendor.put(current, forged);
    await user.refused('image.clearsign-malformed', add());
  });
});

describe('lists with a good signature [R-25]', () => {
  it.each<[string, (list: string) => string]>([
    ['case 12: one name with two digests', (list) => list + gnu([current, forged])],
    ['case 12: a line of no known form', (list) => `${list}something else\n`],
    ['case 12: an HTML page', () => '<html><head><title>404 Not Found</title></head></html>\n'],
    ['case 12: nothing at all', () => ''],
    ['case 12: a log of wget appended', (list) => `${list}--2021-11-19 05:12:01--  https://images.example/x\n`],
    ['case 12: carriage returns', (list) => list.replaceAll('\n', '\r\n')],
    ['case 12: a byte order mark', (list) => `\ufeff${list}`],
  ])('%s', async (_, change) => {
    await vendor.publish(change(good()));
    await user.refused('image.checksums-malformed', signedAdd(vendor));
  });
  it('case 12: ten megabytes', async () => {
    vendor.put('CHECKSUM', Buffer.alloc(10 * 1024 * 1024, 'a'));
    await user.refused('image.too-large', signedAdd(vendor));
  });
  it.each([
    ['a way up', '../box.qcow2'],
    ['a backslash', '..\\box.qcow2'],
    ['an absolute path', '/etc/box.qcow2'],
    ['a drive letter', 'C:box.qcow2'],
    ['a right-to-left mark', 'box\u202e2wocq.x'],
    ['a NUL', 'box\0.qcow2'],
    ['a leading dash', '-rf.qcow2'],
    ['300 characters', 'b'.repeat(300)],
  ])('case 13: a name with %s', async (_, name) => {
    await vendor.publish(good() + gnu([name, forged]));
    await user.refused('image.bad-name', signedAdd(vendor));
  });
  it('case 14: only the other architecture is listed, or two names fit', async () => {
    await vendor.publish(gnu([nameOf('9.1', '20260101', 'aarch64'), vendor.image]));
    await user.refused('image.not-listed', signedAdd(vendor));
    await vendor.publish(good() + gnu([nameOf('9.1', '20260202'), forged]));
    await user.refused('image.ambiguous', signedAdd(vendor));
  });
  it('case 14: the digest of this architecture belongs to the image of the other one', async () => {
    await vendor.publish(gnu([nameOf('9.1', '20260101', 'aarch64'), vendor.image], [current, forged]));
    await user.refused('image.digest-mismatch', signedAdd(vendor));
  });
});

describe('what comes later', () => {
  const older = nameOf('9.0', '20250101');
  const newer = nameOf('9.2', '20260601');

  it('case 20: a validly signed older list, an older signature, a build with other bytes', async () => {
    await user.ok(signedAdd(vendor));
    vendor.put(older, forged);
    await vendor.publish(gnu([older, forged]));
    await user.refused('image.rollback', ['image', 'update', 'box']);
    await user.refused('image.rollback', ['image', 'update', 'box', '--check']);
    await vendor.publish(good(), { date: made });
    await user.refused('image.rollback', ['image', 'update', 'box']);
    await vendor.publish(gnu([current, forged]));
    await user.refused('image.mutated', ['image', 'update', 'box']);
    await user.refused('image.mutated', ['image', 'update', 'box', '--allow-downgrade']);
    await vendor.publish(gnu([older, forged]));
    const { images } = await user.ok<{ images: object[] }>(['image', 'update', 'box', '--allow-downgrade']);
    expect(images).toMatchObject([
      { outcome: 'updated', changes: expect.arrayContaining([{ field: 'version', from: '9.1', to: '9.0' }]) },
    ]);
  });
  it('a newer build: --check ends with 1 and writes nothing, the update is written with its diff', async () => {
    await user.ok(signedAdd(vendor));
    vendor.put(newer, forged);
    await vendor.publish(bsd([newer, forged]).replace(/^#.*\n/, ''));
    await user.refused('image.checksums-malformed', ['image', 'update', 'box']);
    await vendor.publish(gnu([newer, forged]));
    const before = await user.state();
    const check = await user.run(['image', 'update', 'box', '--check']);
    expect([check.code, JSON.parse(check.stdout)]).toMatchObject([1, { check: true, images: [{ outcome: 'behind' }] }]);
    expect(await user.state()).toEqual(before);
    const { images } = await user.ok<{ images: object[] }>(['image', 'update', 'box']);
    expect(images).toMatchObject([{ outcome: 'updated', level: 'signed' }]);
    const shown = await user.ok<{ image: object }>(['image', 'show', 'box']);
    expect(shown.image).toMatchObject({ version: '9.2', build: '20260601', digest: `sha256:${sha256(forged)}` });
  });
  it('case 27: a list that nobody signed is accepted only with a reason, and shown as tls-only', async () => {
    const unsigned = ['image', 'add', `${vendor.url}/${current}`, '--id', 'box', '--arch', 'x86_64'];
    const listed = [...unsigned, '--checksums', `${vendor.url}/CHECKSUM`];
    await user.refused('image.signature-missing', listed);
    const { image } = await user.ok<{ image: object }>([...listed, '--acknowledge', 'a test']);
    expect(image).toMatchObject({ level: 'tls-only', trust: 'tls-only' });
    const pinned = changed([...unsigned, '--digest', `sha256:${sha256(vendor.image)}`], '--id', 'pinned-box');
    expect(await user.ok(pinned)).toMatchObject({ image: { level: 'pinned' } });
  });
});
