import * as openpgp from 'openpgp';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  armor,
  at,
  bytesOf,
  checkDetached,
  checker,
  dearmor,
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

const file = bytesOf(list);
let key: ThrowawayKey;
let other: ThrowawayKey;
let signature: Uint8Array;

beforeAll(async () => {
  [key, other] = await Promise.all([makeKey(), makeKey()]);
  signature = await signDetached(file, key);
});

const check = (given: Uint8Array, data = file, when = now) => checkDetached(data, given, key.trusted, when);

describe('a detached signature that is right', () => {
  it('armored or binary, with LF or CRLF: says who signed what and when [R-24]', async () => {
    const crlf = bytesOf(Buffer.from(signature).toString().replaceAll('\n', '\r\n'));
    for (const form of [signature, dearmor(signature), crlf]) {
      expect(await check(form)).toEqual({
        signedText: list,
        by: {
          keyId: 'throw-away',
          origin: 'user',
          fingerprint: key.fingerprint,
          signingFingerprint: key.fingerprint,
          userId: 'Throw-away <key@example.org>',
          hash: 'sha512',
          created: at(10).toISOString().replace('.000Z', 'Z'),
        },
      });
    }
  });

  it.each(['rsa', 'ecc'] as const)('by a key of type %s', async (type) => {
    const made = await (type === 'rsa' ? makeRsaKey(2048) : makeKey({ type, curve: 'nistP256' }));
    const { by } = await checkDetached(file, await signDetached(file, made), made.trusted);
    expect(by.fingerprint).toBe(made.fingerprint);
  });

  it('beside one by another key, as while a vendor changes its key', async () => {
    const both = Buffer.concat([dearmor(await signDetached(file, other)), dearmor(signature)]);
    expect((await check(both)).by.fingerprint).toBe(key.fingerprint);
    expect((await check(armor('SIGNATURE', both))).by.fingerprint).toBe(key.fingerprint);
  });

  it('what is not UTF-8 text is not handed out as text', async () => {
    const data = Uint8Array.from([0xff, 0xfe, 0, 1]);
    await refusal(check(await signDetached(data, key), data), 'image.checksums-malformed');
  });
});

describe('a detached signature that is wrong', () => {
  it('by another key, even one of the same keyring [case 1]', async () => {
    const certificate = Buffer.concat([other.pair.publicKey.write(), key.pair.publicKey.write()]);
    const foreign = await signDetached(file, other);
    const error = await refusal(checkDetached(file, foreign, { ...key.trusted, certificate }), 'image.key-mismatch');
    expect(error.message).toContain(other.fingerprint);
    expect(error.message).toContain(key.fingerprint);
    expect(error.details).toMatchObject({ keyId: 'throw-away', issuers: expect.arrayContaining([other.fingerprint]) });
  });

  it('by another key that claims to be the pinned one', async () => {
    const packet = Buffer.from(dearmor(await signDetached(file, other)));
    const replaceAll = (from: string, to: string): void => {
      for (let index = packet.indexOf(from, 0, 'hex'); index >= 0; index = packet.indexOf(from, index + 1, 'hex'))
        packet.write(to, index, 'hex');
    };
    replaceAll(other.fingerprint.toLowerCase(), key.fingerprint);
    replaceAll(other.fingerprint.slice(-16).toLowerCase(), key.fingerprint.slice(-16));
    await refusal(check(packet), 'image.signature-bad');
  });

  it.each([
    ['over another list', list.replace('x86_64', 'aarch64')],
    ['with CRLF in the file', list.replaceAll('\n', '\r\n')],
    ['with a blank at the end', `${list} `],
    ['with nothing in the file', ''],
  ])('%s [case 6]', async (_, changed) => {
    const error = await refusal(check(signature, bytesOf(changed)), 'image.signature-bad');
    expect(error.details).toMatchObject({ keyId: 'throw-away', created: at(10).toISOString().replace('.000Z', 'Z') });
    expect(error.next.join()).toContain('Try again');
  });

  it.each([
    ['SHA1', []],
    ['SHA224', []],
    ['RIPEMD160', []],
    ['MD5', ['--allow-weak-digest-algos']],
  ])('over %s, made by GnuPG [case 7]', async (hash, options) => {
    const gpg = await newGpg();
    const fingerprint = gpg.makeKey('rsa2048');
    const path = gpg.file('list', list);
    gpg.run([...options, '--digest-algo', hash, '--output', `${path}.sig`, '--detach-sign', path]);
    const work = checkDetached(file, gpg.read('list.sig'), gpg.trusted(fingerprint));
    const error = await refusal(work, 'image.signature-weak-hash');
    expect(error.details).toMatchObject({ hash: hash.toLowerCase(), allowed: ['sha256', 'sha384', 'sha512'] });
  });

  it('over a hash that the lock file does not allow for this key', async () => {
    const only256 = { ...key.trusted, key: { ...key.trusted.key, allowedHashes: ['sha256' as const] } };
    await refusal(checkDetached(file, signature, only256), 'image.signature-weak-hash');
  });

  it('of text type, which would allow other line ends [case 9]', async () => {
    const message = await openpgp.createMessage({ text: list });
    const text = await openpgp.sign({ message, signingKeys: key.pair.privateKey, date: at(10), detached: true });
    for (const data of [list, list.replaceAll('\n', '\r\n')])
      await refusal(check(bytesOf(text as string), bytesOf(data)), 'image.signature-type');
  });

  it('a clearsigned document, a message, a key in its place [case 9]', async () => {
    const message = await openpgp.createMessage({ binary: file });
    const inline = (await openpgp.sign({ message, signingKeys: key.pair.privateKey, date: at(10) })) as string;
    for (const given of [bytesOf(await signText(list, key)), bytesOf(inline), dearmor(inline), key.trusted.certificate])
      await refusal(check(given), 'image.signature-type');
  });

  it.each([
    ['in the future', at(31), now, /in the future/],
    ['beyond the five minutes that clocks may differ', new Date(now.getTime() + 301_000), now, /in the future/],
    ['with the clock before it [case 30]', at(10), at(5), /in the future/],
  ])('dated %s [case 10]', async (_, date, when, words) => {
    const error = await refusal(check(await signDetached(file, key, { date }), file, when), 'image.signature-time');
    expect(error.message).toMatch(words);
    expect(error.details).toMatchObject({ created: date.toISOString().replace('.000Z', 'Z') });
  });

  it('dated within five minutes of the clock it is accepted', async () => {
    const soon = await signDetached(file, key, { date: new Date(now.getTime() + 240_000) });
    expect((await check(soon)).by.fingerprint).toBe(key.fingerprint);
  });

  it('dated before its key was made [case 10]', async () => {
    const gpg = await newGpg();
    const fingerprint = gpg.makeKey('ed25519');
    const path = gpg.file('list', list);
    const early = [`--faked-system-time=${at(-3).getTime() / 1000}!`, '--ignore-time-conflict', '--ignore-valid-from'];
    gpg.run([...early, '--output', `${path}.sig`, '--detach-sign', path]);
    const work = checkDetached(file, gpg.read('list.sig'), gpg.trusted(fingerprint));
    expect((await refusal(work, 'image.signature-time')).message).toContain('before its key was made');
  });

  it('expired [case 10]', async () => {
    const gpg = await newGpg();
    const fingerprint = gpg.makeKey('ed25519');
    const path = gpg.file('list', list);
    const options = [`--faked-system-time=${at(10).getTime() / 1000}!`, '--default-sig-expire', '5d'];
    gpg.run([...options, '--output', `${path}.sig`, '--detach-sign', path]);
    const trusted = gpg.trusted(fingerprint);
    expect((await checkDetached(file, gpg.read('list.sig'), trusted, at(14))).by.fingerprint).toBe(fingerprint);
    expect(
      (await refusal(checkDetached(file, gpg.read('list.sig'), trusted), 'image.signature-time')).details,
    ).toMatchObject({
      expires: at(15).toISOString().replace('.000Z', 'Z'),
    });
  });

  it('two by the pinned key, or two armored blocks', async () => {
    const second = await signDetached(file, key, { date: at(11) });
    const error = await refusal(check(Buffer.concat([dearmor(signature), dearmor(second)])), 'image.signature-bad');
    expect(error.message).toContain('2 signatures by the key');
    for (const next of [second, await signDetached(file, other)])
      expect((await refusal(check(Buffer.concat([signature, next])), 'image.signature-bad')).message).toContain(
        '2 blocks',
      );
  });

  it('of packet version 3, 5 or 6, or no packet at all [case 8]', async () => {
    for (const version of [2, 3, 5, 6]) {
      const packet = dearmor(signature);
      packet[2] = version;
      const error = await refusal(check(packet), 'image.signature-unsupported');
      expect(error.details).toMatchObject({ version, accepted: [4] });
    }
    const six = await makeKey({ config: { v6Keys: true } });
    await refusal(check(dearmor(await signDetached(file, six))), 'image.signature-unsupported');
  });

  it.each([
    ['an HTML page', '<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head></html>\n', '("404 Not Found")'],
    ['XML of a mirror', '<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>', 'an XML or HTML file'],
    ['an empty file', '', 'an empty file'],
    ['the list itself', list, 'a list of digests'],
    ['JSON', '{"error": 404}', 'a JSON file'],
    [
      'a page that shows a signature',
      '<html>-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n',
      'an HTML page',
    ],
  ])('%s is named for what it is', async (_, content, words) => {
    const result = await check(bytesOf(content)).catch((error: unknown) => error);
    expect(result).toMatchObject({ code: expect.stringMatching(/^image\.signature-(bad|type)$/) });
    expect((result as Error).message).toContain(words);
  });

  it('cut off, with text around it, with a wrong checksum, with a header that is none', async () => {
    const text = Buffer.from(signature).toString();
    const lines = text.split('\n');
    const damaged = [
      text.slice(0, text.length / 2),
      `see below\n${text}`,
      `${text}and more\n`,
      text.replace(/^=(....)$/m, '=AAAA'),
      text.replace('\n\n', '\nsomething\n\n'),
      text.replace('\n\n', '\n'),
      [...lines.slice(0, 3), 'not base64!', ...lines.slice(3)].join('\n'),
      `\uFEFF${text}`,
      text.replace('\n', '\r'),
    ];
    const problems = await Promise.all(damaged.map((given) => check(bytesOf(given)).catch((error: unknown) => error)));
    for (const problem of problems)
      expect(problem).toMatchObject({ code: expect.stringMatching(/^image\.signature-(bad|type)$/) });
    await refusal(check(dearmor(signature).subarray(0, 40)), 'image.signature-bad');
    await refusal(check(Buffer.concat([dearmor(signature), Buffer.from([0])])), 'image.signature-bad');
  });

  it('more than 64 KiB: image.too-large; none: image.signature-missing', async () => {
    await refusal(check(new Uint8Array(64 * 1024 + 1)), 'image.too-large');
    await refusal(checker.checkText({ form: 'detached', file, key: key.trusted, now }), 'image.signature-missing');
  });
});
