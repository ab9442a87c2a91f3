import * as openpgp from 'openpgp';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  at,
  bytesOf,
  checkClearsigned,
  list,
  makeKey,
  newGpg,
  refusal,
  signDetached,
  signText,
  type ThrowawayKey,
} from './throwaway-keys.ts';

/** As Fedora writes it: comments, BSD lines. */
const text = `# Some-Image.qcow2: 528154624 bytes\nSHA256 (Some-Image.qcow2) = ${'5'.repeat(64)}\n- a dash\n-----\nFrom here`;
const forged = `SHA256 (Some-Image.qcow2) = ${'6'.repeat(64)}`;
let key: ThrowawayKey;
let document: string;
let signatureBlock: string;

beforeAll(async () => {
  key = await makeKey();
  document = await signText(text, key);
  signatureBlock = document.slice(document.indexOf('-----BEGIN PGP SIGNATURE'));
});

const check = (file: string | Uint8Array) => checkClearsigned(file, key.trusted);
const insertAfter = (anchor: string, line: string): string => document.replace(`${anchor}\n`, `${anchor}\n${line}\n`);
const hashLine = (): string => /^Hash: .*$/m.exec(document)?.[0] ?? '';

describe('a clearsigned document that is right', () => {
  it('only the signed text is handed out, unescaped [R-24]', async () => {
    const { signedText, by } = await check(document);
    expect(signedText).toBe(text);
    expect(by).toMatchObject({
      fingerprint: key.fingerprint,
      hash: 'sha512',
      created: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it.each<[string, () => string]>([
    ['CRLF line ends', () => document.replaceAll('\n', '\r\n')],
    ['both kinds of line ends', () => document.replace(/here$/m, 'here\r')],
    ['blanks at the ends of lines', () => document.replace(/(bytes|here)$/gm, '$1 \t ')],
    ['a line escaped without need', () => document.replace('\nFrom', '\n- From')],
    ['no final newline', () => document.trimEnd()],
    ['empty lines after the end', () => `${document}\n\n`],
    ['no Hash header', () => document.replace(/^Hash: .*\n/m, '')],
    ['two hashes in the header', () => document.replace(/^Hash: .*$/m, 'Hash: SHA256,SHA512')],
    ['no checksum of the armor', () => document.replace(/^=....\n/m, '')],
  ])('%s change nothing', async (_, change) => {
    expect((await check(change())).signedText).toBe(text);
  });

  it('an empty text, a line of blanks, other alphabets', async () => {
    for (const content of ['one line', 'first\n\n\nlast', 'Größe ✓ 漢字', '\nafter an empty line', 'vertical\vtab']) {
      expect((await check(await signText(content, key))).signedText).toBe(content);
    }
  });
});

describe('a clearsigned document that is wrong', () => {
  it.each<[string, () => string]>([
    ['a checksum line before the document', () => `${forged}\n${document}`],
    ['a checksum line after it', () => `${document}${forged}\n`],
    ['a checksum line among the headers', () => insertAfter('-----BEGIN PGP SIGNED MESSAGE-----', forged)],
    ['a checksum line after the Hash header', () => insertAfter(hashLine(), forged)],
    ['a comment among the headers', () => insertAfter(hashLine(), `Comment: ${forged}`)],
    ['a header that hides text behind a carriage return', () => insertAfter(hashLine(), `Hash: SHA512\r${forged}`)],
    ['a second document appended', () => document + document],
    ['a second document before it', () => `${document.replace(/5{64}/, '6'.repeat(64))}${document}`],
    ['a document inside the document', () => insertAfter('Hash: SHA512\n', '-----BEGIN PGP SIGNED MESSAGE-----')],
    ['a second signature block', () => document + signatureBlock],
    ['a byte order mark', () => `\uFEFF${document}`],
    ['an empty line before it', () => `\n${document}`],
    ['a blank before it', () => ` ${document}`],
    ['another hash in the header', () => document.replace(/^Hash: .*$/m, 'Hash: SHA1')],
    ['an unknown hash in the header', () => document.replace(/^Hash: .*$/m, 'Hash: SHA512; rm')],
    ['no empty line after the headers', () => document.replace('Hash: SHA512\n\n', 'Hash: SHA512\n')],
    ['a line with a dash that is not escaped', () => insertAfter('Hash: SHA512\n', '-----BEGIN PGP SIGNATURE')],
    ['no signature', () => document.slice(0, document.indexOf('-----BEGIN PGP SIGNATURE'))],
    ['a carriage return inside a line', () => document.replace('SHA256 (', 'SHA256\r(')],
    ['an armor header line with text', () => document.replace('SIGNATURE-----\n\n', `SIGNATURE-----\n${forged}\n\n`)],
    ['a wrong checksum of the armor', () => document.replace(/^=....$/m, '=AAAA')],
  ])('%s: image.clearsign-malformed [case 11]', async (_, change) => {
    const changed = change();
    expect(changed).not.toBe(document);
    await refusal(check(changed), 'image.clearsign-malformed');
  });

  it.each<[string, () => string]>([
    ['one digit changed', () => document.replace('55', '56')],
    ['a line added', () => insertAfter('Hash: SHA512\n', forged)],
    ['an empty line added', () => document.replace('Hash: SHA512\n\n', 'Hash: SHA512\n\n\n')],
    [
      'an empty line added at the end',
      () => document.replace('\n-----BEGIN PGP SIGNATURE', '\n\n-----BEGIN PGP SIGNATURE'),
    ],
    ['a vertical tab in a line', () => document.replace('SHA256 (', 'SHA256\v(')],
    ['a no-break space at the end of a line', () => document.replace('bytes\n', 'bytes\u00a0\n')],
    ['a line removed', () => document.replace(/^# .*\n/m, '')],
  ])('%s: image.signature-bad', async (_, change) => {
    expect(change()).not.toBe(document);
    await refusal(check(change()), 'image.signature-bad');
  });

  it('bytes that are no UTF-8', async () => {
    const at = document.indexOf('From');
    const parts = [bytesOf(document.slice(0, at)), Uint8Array.from([0xc3, 0x28]), bytesOf(document.slice(at))];
    await refusal(check(Buffer.concat(parts)), 'image.clearsign-malformed');
  });

  it('by another key [case 1]', async () => {
    await refusal(check(await signText(text, await makeKey())), 'image.key-mismatch');
  });

  it('a detached signature in its place, and one of a file put under a text [case 9]', async () => {
    await refusal(check(await signDetached(bytesOf(list), key)), 'image.signature-type');
    const binary = Buffer.from(await signDetached(bytesOf(text.replaceAll('\n', '\r\n')), key)).toString();
    await refusal(check(document.replace(signatureBlock, binary)), 'image.signature-type');
  });

  it.each([
    ['a list without a signature', list, 'image.signature-missing'],
    ['an HTML page', '<html><title>504 Gateway Time-out</title>', 'image.signature-bad'],
    ['an empty file', '', 'image.signature-bad'],
  ] as const)('%s in its place: %s', async (_, content, code) => {
    await refusal(check(content), code);
  });
});

describe('what others make of the same document', () => {
  const texts = [text, 'one', 'blanks at the end  \t\n- x\n-y\n--\n\n', '\n\nempty lines\n\n', 'Größe\n✓\n', '- \nx'];

  it('GnuPG clearsigns: its own idea of the text is ours', async () => {
    const gpg = await newGpg();
    const fingerprint = gpg.makeKey('rsa2048');
    for (const [index, content] of texts.entries()) {
      const path = gpg.file(`text-${index}`, content);
      gpg.run([`--faked-system-time=${at(10).getTime() / 1000}!`, '--output', `${path}.asc`, '--clearsign', path]);
      gpg.run(['--output', `${path}.out`, '--decrypt', `${path}.asc`]);
      const seen = Buffer.from(gpg.read(`text-${index}.out`)).toString();
      if (/^- $/m.test(content)) continue;
      const { signedText } = await checkClearsigned(gpg.read(`text-${index}.asc`), gpg.trusted(fingerprint));
      expect(signedText).toBe(seen.replace(/\n$/, '').replace(/[ \t]+$/gm, ''));
    }
  });

  it('the OpenPGP package reads the same text out of what we accept', async () => {
    for (const content of texts) {
      const signed = await signText(content, key);
      const read = await openpgp.readCleartextMessage({ cleartextMessage: signed });
      const { data } = await openpgp.verify({
        message: read,
        verificationKeys: key.pair.publicKey,
        expectSigned: true,
      });
      const { signedText } = await check(signed);
      expect(signedText).toBe(data);
    }
  });
});
