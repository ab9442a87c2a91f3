import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { SysmonvmError } from '../../../../src/core/errors/sysmonvm-error.ts';
import type { TrustedKey } from '../../../../src/core/ports/signatures.ts';
import {
  at,
  bytesOf,
  checkClearsigned,
  checkDetached,
  dearmor,
  list,
  makeKey,
  makeRsaKey,
  newGpg,
  signDetached,
  signText,
  type ThrowawayKey,
} from './throwaway-keys.ts';
import { signVersion3 } from './version-3-packet.ts';

const file = bytesOf(list);
let curve: ThrowawayKey;
let rsa: ThrowawayKey;

beforeAll(async () => {
  curve = await makeKey();
  rsa = await makeRsaKey(2048, { packetVersions: [3, 4] });
});

const flipped = (bytes: Uint8Array, index: number, mask: number): Uint8Array =>
  bytes.map((byte, at) => (at === index ? byte ^ mask : byte));

/** Each byte of `bytes` in turn, every bit of it and more than one bit. */
async function noFlipVerifies(bytes: Uint8Array, check: (changed: Uint8Array) => Promise<unknown>): Promise<void> {
  expect(await check(bytes)).toBeDefined();
  for (let index = 0; index < bytes.length; index += 1)
    for (const mask of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
      const outcome = await check(flipped(bytes, index, mask)).catch((error: unknown) => error);
      if (!(outcome instanceof SysmonvmError) || outcome.kind !== 'image')
        throw new Error(`byte ${index} xor ${mask}: ${JSON.stringify(outcome)}`, { cause: outcome });
    }
}

/** Any other value in any place. */
async function noChangeVerifies(bytes: Uint8Array, check: (changed: Uint8Array) => Promise<unknown>): Promise<void> {
  const places = fc.record({ index: fc.nat(bytes.length - 1), mask: fc.integer({ min: 1, max: 255 }) });
  const property = fc.asyncProperty(places, async ({ index, mask }) => {
    const outcome = await check(flipped(bytes, index, mask)).catch((error: unknown) => error);
    expect(outcome).toMatchObject({ code: expect.stringMatching(/^image\./) });
  });
  await fc.assert(property, { numRuns: 400 });
}

const signatureCheck = (key: TrustedKey) => (signature: Uint8Array) => checkDetached(file, signature, key);

describe('no changed byte is accepted', () => {
  it('of a binary signature on a curve', async () => {
    await noFlipVerifies(dearmor(await signDetached(file, curve)), signatureCheck(curve.trusted));
  });

  it('of a binary signature with RSA', async () => {
    await noFlipVerifies(dearmor(await signDetached(file, rsa)), signatureCheck(rsa.trusted));
  });

  it('of a binary signature of version 3', async () => {
    await noFlipVerifies(signVersion3(file, rsa, { created: at(10) }), signatureCheck(rsa.trusted));
  });

  it.each(['ed25519', 'nistp256', 'rsa2048'])('of a signature by GnuPG with %s', async (algorithm) => {
    const gpg = await newGpg();
    const trusted = gpg.trusted(gpg.makeKey(algorithm));
    const path = gpg.file('list', list);
    gpg.run(['--output', `${path}.sig`, '--detach-sign', path]);
    await noFlipVerifies(gpg.read('list.sig'), signatureCheck(trusted));
    gpg.run(['--armor', '--output', `${path}.asc`, '--detach-sign', path]);
    await noChangeVerifies(gpg.read('list.asc'), signatureCheck(trusted));
  });

  it('of an armored signature', async () => {
    await noFlipVerifies(await signDetached(file, curve), signatureCheck(curve.trusted));
  });

  it('of the signed file', async () => {
    const signature = await signDetached(file, curve);
    await noFlipVerifies(file, (changed) => checkDetached(changed, signature, curve.trusted));
  });

  it('of a clearsigned document, whatever the text', async () => {
    await noFlipVerifies(bytesOf(await signText(list.trimEnd(), curve)), (changed) =>
      checkClearsigned(changed, curve.trusted),
    );
    const lines = fc.array(fc.stringMatching(/^[ -~]{0,30}[!-~]$|^$/), { minLength: 1, maxLength: 6 });
    const place = fc.record({
      share: fc.double({ min: 0, max: 0.999, noNaN: true }),
      mask: fc.integer({ min: 1, max: 255 }),
    });
    const property = fc.asyncProperty(lines, place, async (content, { share, mask }) => {
      const document = bytesOf(await signText(`${content.join('\n')}\nend`, curve));
      expect((await checkClearsigned(document, curve.trusted)).signedText).toBe(`${content.join('\n')}\nend`);
      const changed = flipped(document, Math.floor(share * document.length), mask);
      const outcome = await checkClearsigned(changed, curve.trusted).catch((error: unknown) => error);
      expect(outcome).toMatchObject({ code: expect.stringMatching(/^image\./) });
    });
    await fc.assert(property, { numRuns: 200 });
  });
});

describe('what is no signature at all', () => {
  it('ends in an error of ours, never in a crash', async () => {
    const garbage = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string().map(bytesOf));
    const cut = dearmor(await signDetached(file, curve));
    const mixed = fc
      .tuple(fc.nat(cut.length), garbage)
      .map(([size, rest]) => Buffer.concat([cut.subarray(0, size), rest]));
    const property = fc.asyncProperty(fc.oneof(garbage, mixed), async (bytes) => {
      if (Buffer.from(bytes).equals(cut)) return;
      const certificate = { ...curve.trusted, certificate: bytes };
      const outcomes = await Promise.allSettled([
        checkDetached(file, bytes, curve.trusted),
        checkClearsigned(bytes, curve.trusted),
        checkDetached(file, cut, certificate),
      ]);
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ reason: { name: 'SysmonvmError', code: expect.stringMatching(/^image\./) } });
    });
    await fc.assert(property, { numRuns: 500 });
  });
});
