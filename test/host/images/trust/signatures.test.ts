import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as openpgp from 'openpgp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, bytesOf, dearmor, makeKey, newGpg, signDetached, signText } from '../signatures/throwaway-keys.ts';
import { changed, current, gnu, openVendor, sha256, signedAdd, User, type Vendor } from './vendor.ts';

let vendor: Vendor;
let user: User;
beforeEach(async () => {
  [vendor, user] = await Promise.all([openVendor(), User.make()]);
});
afterEach(() => user.dispose());

const list = () => gnu([current, vendor.image]);
const replaceSignature = (signature: string | Uint8Array) => vendor.put('CHECKSUM.asc', signature);

describe('what is right [R-26]', () => {
  it('is signed by the user’s key, kept with its evidence, and verified again without network', async () => {
    await user.trust(vendor.key);
    const { image } = await user.ok<{ image: object }>(signedAdd(vendor));
    expect(image).toMatchObject({
      trust: 'signed, your key',
      level: 'signed',
      version: '9.1',
      build: '20260101',
      key: { id: 'box', fingerprint: vendor.key.fingerprint, origin: 'workspace' },
    });
    const shown = await user.ok<{ image: object }>(['image', 'show', 'box']);
    expect(shown.image).toMatchObject({
      evidence: 'complete',
      signer: { userId: 'Throw-away <key@example.org>', created: at(10).toISOString().replace('.000Z', 'Z') },
    });
    const asked = vendor.requests.length;
    const verified = await user.ok<{ images: object[] }>(['image', 'verify', 'box', '--offline']);
    expect(verified.images).toMatchObject([{ bytes: 'right', signature: 'good', level: 'signed' }]);
    expect(vendor.requests.length).toBe(asked);
    const update = await user.ok<{ images: object[] }>(['image', 'update', 'box']);
    expect(update.images).toMatchObject([{ outcome: 'verified', changes: [] }]);
  });
});

describe('a VM of such an image [R-27]', () => {
  it('records entry, digest, level and signer; prune of another workspace leaves its base alone', async () => {
    await user.trust(vendor.key);
    await user.ok(signedAdd(vendor));
    await user.ok(['vm-create', 'guest', '--image', 'box', '--arch', 'x86_64', '--disk', '1G', '--memory', '512M']);
    const { vm } = await user.ok<{ vm: { image: object } }>(['vm-status', 'guest']);
    expect(vm.image).toMatchObject({
      id: 'box',
      level: 'signed',
      digest: `sha256:${sha256(vendor.image)}`,
      entry: { origin: 'workspace', version: '9.1', build: '20260101' },
      signer: { key: 'box', fingerprint: vendor.key.fingerprint, origin: 'workspace', hash: 'sha512' },
    });
    const other = ['--workspace', join(user.directory, 'other')];
    expect(await user.ok(['image', 'prune', ...other])).toMatchObject({ removals: [] });
    await user.ok(['vm-destroy', 'guest', '--yes']);
    expect(await user.ok(['image', 'prune', ...other])).toMatchObject({ removals: [{ what: 'image box (x86_64)' }] });
  });
});

describe('keys', () => {
  it('case 1: signed by another key of the same keyring', async () => {
    await user.trust(vendor.key, [vendor.key.trusted.certificate, vendor.stranger.trusted.certificate]);
    await vendor.publish(list(), { by: vendor.stranger });
    await user.refused('image.key-mismatch', signedAdd(vendor));
  });
  it('case 2: a key file that was swapped, and a fingerprint that is not the key’s', async () => {
    const args = await user.trustArgs(vendor.stranger, [vendor.key.trusted.certificate]);
    await user.refused('image.key-fingerprint', args);
    await user.trust(vendor.key);
    await writeFile(join(user.directory, 'ws', 'keys', 'box.pgp'), vendor.stranger.trusted.certificate);
    await user.refused('image.key-fingerprint', signedAdd(vendor));
  });
  it('case 3: two blocks, the expired key first; and that one alone', async () => {
    const expired = await makeKey({ keyExpirationTime: 86_400 });
    await user.refused('image.key-expired', await user.trustArgs(expired, [expired.trusted.certificate]));
    await user.trust(vendor.key, [expired.trusted.certificate, vendor.key.trusted.certificate]);
    await user.ok(signedAdd(vendor));
  });
  it('case 4: a key that expired meanwhile, its signature dated before', async () => {
    const key = await makeKey({ keyExpirationTime: 20 * 86_400 });
    await user.trust(key, undefined, { clockDays: -15 });
    await vendor.publish(list(), { by: key, date: at(5) });
    await user.refused('image.key-expired', signedAdd(vendor));
  });
  it('case 5: a revoked certificate', async () => {
    const { publicKey } = await openpgp.revokeKey({ key: vendor.key.pair.privateKey, date: at(20), format: 'object' });
    await user.refused('image.key-revoked', await user.trustArgs(vendor.key, [bytesOf(publicKey.armor())]));
  });
  it('case 28: a private key, and one of version 6', async () => {
    const secret = bytesOf(vendor.key.pair.privateKey.armor());
    await user.refused('image.key-private', await user.trustArgs(vendor.key, [secret]));
    const six = await makeKey({ config: { v6Keys: true } });
    const fingerprint = six.fingerprint.slice(0, 40);
    await user.refused('image.key-unreadable', await user.trustArgs({ fingerprint }, [six.trusted.certificate]));
  });
  it('a key of the workspace never takes the id of a shipped one, nor signs for a shipped image', async () => {
    const args = await user.trustArgs(vendor.key, [vendor.key.trusted.certificate]);
    await user.refused('image.id-reserved', [...args, '--id', 'almalinux-9']);
    await user.trust(vendor.key);
    const asShipped = changed(signedAdd(vendor), '--id', 'almalinux-9');
    await user.refused('image.id-reserved', asShipped);
    const withShippedKey = changed(signedAdd(vendor), '--key', 'almalinux-9');
    await user.refused('image.id-reserved', withShippedKey);
    await user.refused('image.key-unknown', changed(signedAdd(vendor), '--key', 'no-key'));
  });
});

describe('signatures', () => {
  beforeEach(() => user.trust(vendor.key));

  it('case 6: over the list of another architecture', async () => {
    replaceSignature(await signDetached(bytesOf(list().replace('x86_64', 'aarch64')), vendor.key));
    await user.refused('image.signature-bad', signedAdd(vendor));
    expect(vendor.requests.filter((path) => path === '/CHECKSUM.asc').length).toBe(3);
  });
  it.each(['SHA1', 'SHA224', 'MD5'])('case 7: over %s', async (hash) => {
    const gpg = await newGpg();
    const fingerprint = gpg.makeKey('rsa2048');
    const path = gpg.file('list', list());
    gpg.run(['--allow-weak-digest-algos', '--digest-algo', hash, '--output', `${path}.sig`, '--detach-sign', path]);
    const args = await user.trustArgs({ fingerprint }, [gpg.certificate(fingerprint)]);
    await user.ok([...args, '--id', 'weak']);
    replaceSignature(gpg.read('list.sig'));
    await user.refused('image.signature-weak-hash', changed(signedAdd(vendor), '--key', 'weak'));
  });
  it('case 8: a packet of version 3', async () => {
    const packet = dearmor(await signDetached(bytesOf(list()), vendor.key));
    packet[2] = 3;
    replaceSignature(packet);
    await user.refused('image.signature-unsupported', signedAdd(vendor));
  });
  it('case 9: text type, clearsigned in place of detached, and the reverse', async () => {
    const message = await openpgp.createMessage({ text: list() });
    const signingKeys = vendor.key.pair.privateKey;
    const text = await openpgp.sign({ message, signingKeys, date: at(10), detached: true });
    replaceSignature(text as string);
    await user.refused('image.signature-type', signedAdd(vendor));
    const document = await signText(list(), vendor.key);
    replaceSignature(document);
    await user.refused('image.signature-type', signedAdd(vendor));
    const clearsigned = ['--form', 'clearsigned', '--signature', `${vendor.url}/CHECKSUM`];
    vendor.put('CHECKSUM', await signDetached(bytesOf(list()), vendor.key));
    await user.refused('image.signature-type', signedAdd(vendor, ...clearsigned));
    vendor.put('CHECKSUM', document);
    await user.ok(signedAdd(vendor, ...clearsigned));
  });
  it('case 10: from the future, before its key, expired', async () => {
    await vendor.publish(list(), { date: at(40) });
    await user.refused('image.signature-time', signedAdd(vendor));
    const gpg = await newGpg();
    const fingerprint = gpg.makeKey('ed25519');
    const args = await user.trustArgs({ fingerprint }, [gpg.certificate(fingerprint)]);
    await user.ok([...args, '--id', 'timed']);
    const byTimed = changed(signedAdd(vendor), '--key', 'timed');
    const path = gpg.file('list', list());
    for (const options of [
      [`--faked-system-time=${at(-3).getTime() / 1000}!`, '--ignore-time-conflict', '--ignore-valid-from'],
      [`--faked-system-time=${at(10).getTime() / 1000}!`, '--default-sig-expire', '5d'],
    ]) {
      gpg.run([...options, '--output', `${path}.sig`, '--detach-sign', path]);
      replaceSignature(gpg.read('list.sig'));
      await user.refused('image.signature-time', byTimed);
    }
  });
  it('case 26: a signature that is not there (any more)', async () => {
    vendor.remove('CHECKSUM.asc');
    await user.refused('image.signature-missing', signedAdd(vendor));
    await vendor.publish(list());
    await user.ok(signedAdd(vendor));
    vendor.remove('CHECKSUM.asc');
    await user.refused('image.signature-missing', ['image', 'update', 'box']);
  });
  it('case 30: a clock in 2010 is before every key; one in 2040 sees that the check is old', async () => {
    await user.refused('image.signature-time', signedAdd(vendor), { clockDays: -16 * 365 });
    await user.ok(signedAdd(vendor));
    const listed = await user.ok<{ images: object[] }>(['image', 'verify', 'box'], { clockDays: 14 * 365 });
    expect(listed.images).toMatchObject([{ signature: 'good', stale: true }]);
    await user.refused('image.stale', ['image', 'verify', 'box', '--max-age', '90'], { clockDays: 14 * 365 });
  });
});
