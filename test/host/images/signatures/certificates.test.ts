import * as openpgp from 'openpgp';
import { describe, expect, it } from 'vitest';
import {
  at,
  bytesOf,
  checkDetached,
  checker,
  dearmor,
  list,
  made,
  makeKey,
  makeRsaKey,
  newGpg,
  now,
  refusal,
  signDetached,
  trust,
} from './throwaway-keys.ts';

const usable = (key: Parameters<typeof checker.assertUsable>[0], when = now) => checker.assertUsable(key, when);
const withCertificate = (key: Awaited<ReturnType<typeof makeKey>>, certificate: Uint8Array) => ({
  ...key.trusted,
  certificate,
});

describe('which certificate of a file is used', () => {
  it('every armored block is read, also with text around it, and so is a binary keyring [case 3]', async () => {
    const [first, second, third] = await Promise.all([makeKey(), makeKey(), makeKey()]);
    const blocks = [first, second, third].map(({ pair }) => pair.publicKey.armor());
    const armored = bytesOf(`The keys of a vendor.\n${blocks.join('\nand\n')}\nThe end.\n`);
    const binary = Buffer.concat([first, second, third].map(({ pair }) => pair.publicKey.write()));
    for (const key of [first, second, third])
      for (const certificate of [armored, binary])
        expect(await usable(withCertificate(key, certificate))).toEqual({ userId: 'Throw-away <key@example.org>' });
    const signature = await signDetached(bytesOf(list), third);
    const { by } = await checkDetached(bytesOf(list), signature, withCertificate(third, armored));
    expect(by.fingerprint).toBe(third.fingerprint);
  });

  it('a damaged certificate of somebody else in the same file does no harm', async () => {
    const [key, other] = await Promise.all([makeKey(), makeKey()]);
    const damaged = Uint8Array.from(other.pair.publicKey.write());
    damaged[damaged.length - 20] = (damaged[damaged.length - 20] ?? 0) ^ 1;
    const certificate = Buffer.concat([damaged, key.pair.publicKey.write()]);
    expect(await usable(withCertificate(key, certificate))).toHaveProperty('userId');
  });

  it('another key in the file: image.key-fingerprint names both [case 2]', async () => {
    const [key, other] = await Promise.all([makeKey(), makeKey()]);
    const error = await refusal(usable(withCertificate(key, other.trusted.certificate)), 'image.key-fingerprint');
    expect(error.message).toContain(key.fingerprint);
    expect(error.details).toMatchObject({ fingerprint: key.fingerprint, found: [other.fingerprint] });
  });

  it('the pinned key twice, perhaps once without its revocation, is refused', async () => {
    const key = await makeKey();
    const twice = Buffer.concat([key.pair.publicKey.write(), key.pair.publicKey.write()]);
    expect((await refusal(usable(withCertificate(key, twice)), 'image.key-unreadable')).message).toContain(
      'more than once',
    );
  });

  it.each([
    ['an HTML page', '<!DOCTYPE html><title>404 Not Found</title>', 'an HTML page ("404 Not Found")'],
    ['an empty file', '', 'an empty file'],
    ['plain text', 'no key here\n', 'plain text'],
    ['armor without an end', '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQIN\n', 'has no end'],
  ])('%s: image.key-unreadable says what came', async (_, content, words) => {
    const key = await makeKey();
    expect((await refusal(usable(withCertificate(key, bytesOf(content))), 'image.key-unreadable')).message).toContain(
      words,
    );
  });

  it('a signature file in place of the key: image.key-unreadable', async () => {
    const key = await makeKey();
    const signature = await signDetached(bytesOf(list), key);
    await refusal(usable(withCertificate(key, signature)), 'image.key-unreadable');
    await refusal(usable(withCertificate(key, dearmor(signature))), 'image.key-unreadable');
  });

  it('a forged name or date on the certificate is not believed', async () => {
    const key = await makeKey();
    const certificate = Buffer.from(key.pair.publicKey.write());
    certificate.write('Somebody!!', certificate.indexOf('Throw-away'));
    await refusal(usable(withCertificate(key, certificate)), 'image.key-unreadable');
  });

  it('more than a mebibyte is not read: image.too-large', async () => {
    const key = await makeKey();
    await refusal(usable(withCertificate(key, new Uint8Array(1024 * 1024 + 1))), 'image.too-large');
  });
});

describe('keys that are refused', () => {
  it('a private key, armored or binary, alone or beside the public one [case 28]', async () => {
    const key = await makeKey();
    const { privateKey } = key.pair;
    const files = [
      bytesOf(privateKey.armor()),
      privateKey.write(),
      Buffer.concat([key.trusted.certificate, bytesOf(privateKey.armor())]),
      Buffer.concat([key.pair.publicKey.write(), privateKey.write()]),
    ];
    for (const certificate of files) await refusal(usable(withCertificate(key, certificate)), 'image.key-private');
  });

  it('a version 6 key, alone or of the right length [case 28]', async () => {
    const key = await makeKey();
    const six = await makeKey({ config: { v6Keys: true } });
    expect(six.fingerprint).toHaveLength(64);
    const error = await refusal(
      usable(trust(six.trusted.certificate, six.fingerprint.slice(0, 40))),
      'image.key-unreadable',
    );
    expect(error.message).toContain('version 6');
    const both = Buffer.concat([six.pair.publicKey.write(), key.pair.publicKey.write()]);
    expect(await usable(withCertificate(key, both))).toHaveProperty('userId');
  });

  it('a post-quantum key of version 6, as CentOS has one [case 28]', async () => {
    const body = Buffer.concat([Buffer.from([6, 0x6a, 0, 0, 0, 107, 0, 0, 7, 0xc0]), Buffer.alloc(1984, 7)]);
    const packet = Buffer.concat([Buffer.from([0xc6, 0xff, 0, 0, body.length >> 8, body.length & 255]), body]);
    await refusal(usable(trust(packet, 'A'.repeat(40))), 'image.key-unreadable');
  });

  it('expired, also for a signature of before [case 4]', async () => {
    const key = await makeKey({ keyExpirationTime: 20 * 24 * 60 * 60 });
    const signature = await signDetached(bytesOf(list), key, { date: at(10) });
    expect(await usable(key.trusted, at(19))).toMatchObject({ expires: at(20).toISOString().replace('.000Z', 'Z') });
    expect((await checkDetached(bytesOf(list), signature, key.trusted, at(19))).by.fingerprint).toBe(key.fingerprint);
    const error = await refusal(checkDetached(bytesOf(list), signature, key.trusted), 'image.key-expired');
    expect(error.details).toMatchObject({ keyId: 'throw-away', expired: at(20).toISOString().replace('.000Z', 'Z') });
  });

  it.each([
    ['compromised', openpgp.enums.reasonForRevocation.keyCompromised],
    ['superseded', openpgp.enums.reasonForRevocation.keySuperseded],
    ['for no reason', openpgp.enums.reasonForRevocation.noReason],
  ])('revoked (%s), also for a signature of before [case 5]', async (_, flag) => {
    const key = await makeKey();
    const signature = await signDetached(bytesOf(list), key, { date: at(10) });
    const { publicKey } = await openpgp.revokeKey({
      key: key.pair.privateKey,
      reasonForRevocation: { flag, string: 'a test' },
      date: at(20),
      format: 'object',
    });
    const revoked = withCertificate(key, bytesOf(publicKey.armor()));
    for (const when of [now, at(15)]) {
      const error = await refusal(checkDetached(bytesOf(list), signature, revoked, when), 'image.key-revoked');
      expect(error.details['revocations']).toEqual([
        { revokedAt: at(20).toISOString().replace('.000Z', 'Z'), reason: 'a test' },
      ]);
    }
  });

  it('a revocation that GnuPG wrote with SHA-1 counts although SHA-1 counts for nothing else [case 5]', async () => {
    const gpg = await newGpg();
    const fingerprint = gpg.makeKey('rsa2048');
    expect(await usable(gpg.trusted(fingerprint))).toHaveProperty('userId');
    const args = [
      '--digest-algo',
      'SHA1',
      '--cert-digest-algo',
      'SHA1',
      '--command-fd',
      '0',
      '--no-batch',
      '--gen-revoke',
      fingerprint,
    ];
    const revocation = gpg.run(args, 'y\n1\nlost\n\ny\n');
    gpg.run(['--import'], revocation);
    expect(gpg.run(['--list-packets'], gpg.certificate(fingerprint)).toString()).toMatch(
      /sigclass 0x20\s+digest algo 2,/,
    );
    await refusal(usable(gpg.trusted(fingerprint)), 'image.key-revoked');
  });

  it("somebody else's revocation packet does not revoke", async () => {
    const [key, other] = await Promise.all([makeKey(), makeKey()]);
    const { publicKey } = await openpgp.revokeKey({ key: other.pair.privateKey, format: 'object' });
    const certificate = Uint8Array.from(key.pair.publicKey.write());
    const primaryEnd = 2 + (certificate[1] ?? 0);
    const [foreign] = publicKey.revocationSignatures;
    const packets = new openpgp.PacketList<openpgp.SignaturePacket>();
    if (foreign !== undefined) packets.push(foreign);
    const planted = Buffer.concat([
      certificate.subarray(0, primaryEnd),
      packets.write(),
      certificate.subarray(primaryEnd),
    ]);
    expect(await usable(withCertificate(key, planted))).toHaveProperty('userId');
  });

  it.each(['rsa1024', 'dsa2048', 'secp256k1'])('%s: image.key-weak', async (algorithm) => {
    const gpg = await newGpg();
    const fingerprint = gpg.makeKey(algorithm);
    const error = await refusal(usable(gpg.trusted(fingerprint)), 'image.key-weak');
    expect(error.message).toMatch(/rsa\w* 1024|dsa|secp256k1/);
  });

  it('certified with SHA-1 only; certified again with SHA-512 it is accepted, and its old signatures too', async () => {
    const gpg = await newGpg();
    const fingerprint = gpg.makeKey('rsa2048', ['--cert-digest-algo', 'SHA1']);
    expect((await refusal(usable(gpg.trusted(fingerprint)), 'image.key-weak')).message).toContain('SHA1');
    const file = gpg.file('list', list);
    gpg.run([
      `--faked-system-time=${at(5).getTime() / 1000}!`,
      '--output',
      `${file}.asc`,
      '--armor',
      '--detach-sign',
      file,
    ]);
    const renew = [`--faked-system-time=${at(12).getTime() / 1000}!`, '--cert-digest-algo', 'SHA512'];
    gpg.run([...renew, '--quick-set-expire', fingerprint, '90d']);
    const { by } = await checkDetached(bytesOf(list), gpg.read('list.asc'), gpg.trusted(fingerprint));
    expect(by).toMatchObject({ fingerprint, created: at(5).toISOString().replace('.000Z', 'Z') });
  });

  it.each(['rsa2048', 'ed25519', 'nistp256'])('%s of GnuPG is accepted', async (algorithm) => {
    const gpg = await newGpg();
    const fingerprint = gpg.makeKey(algorithm);
    expect(await usable(gpg.trusted(fingerprint))).toEqual({ userId: 'Throw-away 1 <gpg1@example.org>' });
  });
});

describe('subkeys', () => {
  const signingSubkey = { userIDs: [{ name: 'Master' }], subkeys: [{ sign: true }] };

  it('one that signs: both fingerprints are told', async () => {
    const key = await makeKey(signingSubkey);
    const { by } = await checkDetached(bytesOf(list), await signDetached(bytesOf(list), key), key.trusted);
    const [subkey] = key.pair.publicKey.subkeys;
    expect(by.fingerprint).toBe(key.fingerprint);
    expect(by.signingFingerprint).toBe(subkey?.getFingerprint().toUpperCase());
  });

  it('revoked or expired: its signatures do not count, those of the primary key do', async () => {
    const gpg = await newGpg();
    const primary = gpg.makeKey('ed25519');
    const clock = `--faked-system-time=${made.getTime() / 1000}!`;
    gpg.run([clock, '--passphrase', '', '--quick-add-key', primary, 'ed25519', 'sign', '20d']);
    const file = gpg.file('list', list);
    gpg.run([`--faked-system-time=${at(10).getTime() / 1000}!`, '--output', `${file}.sub`, '--detach-sign', file]);
    const byPrimary = ['--local-user', `${primary}!`, '--output', `${file}.primary`, '--detach-sign', file];
    gpg.run([`--faked-system-time=${at(10).getTime() / 1000}!`, ...byPrimary]);
    const check = (name: string, when: Date) =>
      checkDetached(bytesOf(list), gpg.read(name), gpg.trusted(primary), when);
    expect((await check('list.sub', at(19))).by.signingFingerprint).not.toBe(primary);
    expect((await refusal(check('list.sub', now), 'image.key-expired')).message).toContain('of "throw-away"');
    expect((await check('list.primary', now)).by.signingFingerprint).toBe(primary);
    gpg.run(['--no-batch', '--command-fd', '0', '--edit-key', primary], 'key 1\nrevkey\ny\n0\n\ny\nsave\n');
    await refusal(check('list.sub', at(19)), 'image.key-revoked');
    expect((await check('list.primary', now)).by.signingFingerprint).toBe(primary);
  });

  it('RSA with 2048 bits is enough, with 1024 bits it is not', async () => {
    expect(await usable((await makeRsaKey(2048)).trusted)).toHaveProperty('userId');
    await refusal(usable((await makeRsaKey(1024)).trusted), 'image.key-weak');
  });
});
