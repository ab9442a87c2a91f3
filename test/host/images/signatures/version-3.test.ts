import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { trustAnchors } from '../../../../src/core/image/trust-anchors.ts';
import {
  armor,
  at,
  bytesOf,
  checkDetached,
  checker,
  list,
  makeKey,
  makeRsaKey,
  newGpg,
  now,
  refusal,
  signDetached,
  signText,
  type ThrowawayKey,
} from './throwaway-keys.ts';
import { signVersion3, type Version3Options } from './version-3-packet.ts';

const file = bytesOf(list);
let key: ThrowawayKey;

beforeAll(async () => {
  key = await makeRsaKey(2048, { packetVersions: [3, 4] });
});

const sign = (options: Partial<Version3Options> = {}) => signVersion3(file, key, { created: at(10), ...options });
const check = (signature: Uint8Array, data = file) => checkDetached(data, signature, key.trusted);

describe("openSUSE's version 3 signatures", () => {
  it('are accepted for the key of openSUSE and for no other one that is shipped', () => {
    for (const [id, { packetVersions }] of Object.entries(trustAnchors))
      expect([id, packetVersions]).toEqual([id, id === 'opensuse-2022' ? [3, 4] : [4]]);
  });

  it.each(['sha256', 'sha384', 'sha512'])(
    'over %s: verified here, and GnuPG agrees that it is one [R-24]',
    async (hash) => {
      const signature = sign({ hash });
      const created = at(10).toISOString().replace('.000Z', 'Z');
      for (const form of [signature, armor('SIGNATURE', signature)])
        expect(await check(form)).toMatchObject({
          signedText: list,
          by: { fingerprint: key.fingerprint, hash, created },
        });
      const gpg = await newGpg();
      gpg.run(['--import'], key.trusted.certificate);
      const verify = ['--verify', gpg.file('list.sig', signature), gpg.file('list', list)];
      expect(gpg.run(['--status-fd', '1', ...verify]).toString()).toContain(`VALIDSIG ${key.fingerprint}`);
      gpg.file('list', `${list} `);
      expect(() => gpg.run(verify)).toThrow('BAD signature');
    },
  );

  it('version 4 of the same key is accepted as well', async () => {
    expect((await check(await signDetached(file, key))).by.fingerprint).toBe(key.fingerprint);
  });

  it('over a file of any size', async () => {
    const gpg = await newGpg();
    const path = gpg.file('big', Buffer.alloc(3 * 1024 * 1024 + 17, 'abc'));
    const signature = signVersion3(gpg.read('big'), key, { created: at(10) });
    const request = { path, signature, key: key.trusted, now };
    expect((await checker.checkFile(request)).by.fingerprint).toBe(key.fingerprint);
    execFileSync('truncate', ['--size=+1', path]);
    await refusal(checker.checkFile(request), 'image.signature-bad');
  });

  it('from anybody else: image.signature-unsupported, and never an empty list of signatures [case 8]', async () => {
    const trusted = { ...key.trusted, packetVersions: [4] as const };
    for (const form of [sign(), armor('SIGNATURE', sign())]) {
      const error = await refusal(checkDetached(file, form, trusted), 'image.signature-unsupported');
      expect(error.details).toMatchObject({ version: 3, accepted: [4] });
    }
    const document = await signText(list, key);
    const block = Buffer.from(armor('SIGNATURE', sign({ type: 1 }))).toString();
    const replaced = bytesOf(document.replace(/-----BEGIN PGP SIGNATURE-----[\s\S]*/, block));
    const work = checker.checkText({ form: 'clearsigned', file: replaced, key: trusted, now });
    await refusal(work, 'image.signature-unsupported');
  });

  it('with anything wrong they are refused like the others', async () => {
    const other = await makeRsaKey(2048);
    const wrong = signVersion3(file, other, { created: at(10) });
    await refusal(check(wrong), 'image.key-mismatch');
    await refusal(
      check(signVersion3(file, { ...other, fingerprint: key.fingerprint }, { created: at(10) })),
      'image.signature-bad',
    );
    await refusal(check(sign(), bytesOf(`${list}x`)), 'image.signature-bad');
    await refusal(check(sign({ hash: 'sha1' })), 'image.signature-weak-hash');
    await refusal(check(sign({ hash: 'sha224' })), 'image.signature-weak-hash');
    await refusal(check(sign({ type: 1 })), 'image.signature-type');
    await refusal(check(sign({ created: at(31) })), 'image.signature-time');
    await refusal(check(sign({ created: at(-1) })), 'image.signature-time');
    await refusal(check(sign({ algorithm: 3 })), 'image.signature-bad');
    await refusal(check(sign({ algorithm: 17 })), 'image.signature-unsupported');
    await refusal(check(Buffer.concat([sign(), sign({ created: at(11) })])), 'image.signature-bad');
  });

  it('RSA only: a key on a curve signs nothing of version 3', async () => {
    const curve = await makeKey({}, { packetVersions: [3, 4] });
    const forged = signVersion3(file, { ...key, fingerprint: curve.fingerprint }, { created: at(10) });
    await refusal(checkDetached(file, forged, curve.trusted), 'image.signature-bad');
  });

  it('not for an expired key, also when dated before that [case 4]', async () => {
    const options = { type: 'rsa', rsaBits: 2048, keyExpirationTime: 20 * 24 * 60 * 60 } as const;
    const expired = await makeKey(options, { packetVersions: [3, 4] });
    const signature = signVersion3(file, expired, { created: at(10) });
    expect((await checkDetached(file, signature, expired.trusted, at(19))).by.keyId).toBe('throw-away');
    await refusal(checkDetached(file, signature, expired.trusted), 'image.key-expired');
  });
});
