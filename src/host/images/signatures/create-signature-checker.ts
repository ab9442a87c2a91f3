import type { SignatureChecker, SignedBy, TrustedKey } from '../../../core/ports/signatures.ts';
import { loadUsableCertificate, signingKeyOf } from './certificate.ts';
import { type ClearsignedDocument, documentBegin, readClearsigned } from './clearsigned.ts';
import { describeContent } from './describe-content.ts';
import { loadOpenPgp } from './open-pgp.ts';
import { type ChosenSignature, chooseSignature, detachedPackets } from './signature-file.ts';
import { assertAcceptable, type SignatureType, signatureTypes } from './signature-policy.ts';
import type { SignedData } from './signed-data.ts';
import { distrust, isoTime, refusing } from './trust-failure.ts';
import { verifyVersion3 } from './verify-version-3.ts';
import { verifyVersion4 } from './verify-version-4.ts';

/**
 * Fails closed: one pinned certificate that is usable now, one signature by it, of the version, type, hash and time
 * that are allowed. Only then is the mathematics done, and only bytes that it covered are handed out.
 */
export function createSignatureChecker(): SignatureChecker {
  return {
    async assertUsable(key, now) {
      const { userId, expires } = await loadUsableCertificate(key, now, await loadOpenPgp());
      return { userId, ...(expires === undefined ? {} : { expires: isoTime(expires) }) };
    },
    checkText: ({ form, file, signature, key, now }) =>
      form === 'clearsigned' ? checkClearsigned(file, key, now) : checkDetached(file, signature, key, now),
    async checkFile({ path, signature, key, now, signal }) {
      const packets = detachedPackets(signature, key);
      return { by: await verify({ path, signal }, packets, signatureTypes.binary, key, now) };
    },
  };
}

async function checkDetached(file: Uint8Array, signature: Uint8Array | undefined, key: TrustedKey, now: Date) {
  if (signature === undefined) return distrust(key, 'image.signature-missing', 'there is no signature for the file');
  // A copy: what is handed out is what was verified, whatever the caller does with its buffer meanwhile.
  const bytes = Uint8Array.from(file);
  const by = await verify({ bytes }, detachedPackets(signature, key), signatureTypes.binary, key, now);
  return { signedText: decodeText(bytes, key), by };
}

function decodeText(bytes: Uint8Array, key: TrustedKey): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return distrust(
      key,
      'image.checksums-malformed',
      `the signed file is not UTF-8 text but ${describeContent(bytes)}`,
    );
  }
}

async function checkClearsigned(file: Uint8Array, key: TrustedKey, now: Date) {
  assertClearsigned(file, key);
  const document = readClearsigned(file, refusing(key, 'image.clearsign-malformed', 'the clearsigned file'));
  const bytes = Buffer.from(document.text.replaceAll('\n', '\r\n'));
  const by = await verify({ bytes }, document.signature, signatureTypes.text, key, now, document);
  return { signedText: document.text, by };
}

function assertClearsigned(file: Uint8Array, key: TrustedKey): void {
  const text = Buffer.from(file).toString('latin1');
  if (text.includes(documentBegin)) return;
  const came = describeContent(file);
  const options = { details: { received: came } };
  const message = `a clearsigned file is needed, and ${came} came`;
  if (text.includes('-----BEGIN PGP ')) distrust(key, 'image.signature-type', message, options);
  if (/list of digests|plain text/.test(came)) distrust(key, 'image.signature-missing', message, options);
  distrust(key, 'image.signature-bad', message, options);
}

async function verify(
  data: SignedData,
  packets: Uint8Array,
  type: SignatureType,
  trusted: TrustedKey,
  now: Date,
  document?: ClearsignedDocument,
): Promise<SignedBy> {
  const pgp = await loadOpenPgp();
  const certificate = await loadUsableCertificate(trusted, now, pgp);
  const chosen = chooseSignature(packets, certificate);
  const hash = assertAcceptable(chosen.facts, type, certificate, now);
  assertHashHeader(document, hash, trusted);
  const signer = await signingKeyOf(certificate, chosen.facts.issuers, now, pgp);
  const problem =
    chosen.facts.version === 3
      ? await verifyVersion3(chosen, hash, signer, data)
      : await verifyVersion4(chosen, certificate.key, data, now, pgp);
  if (problem !== undefined) return badSignature(problem, chosen, trusted);
  return {
    keyId: trusted.id,
    origin: trusted.origin,
    fingerprint: trusted.key.fingerprint,
    signingFingerprint: signer.getFingerprint().toUpperCase(),
    userId: certificate.userId,
    hash,
    created: isoTime(chosen.facts.created),
  };
}

function assertHashHeader(document: ClearsignedDocument | undefined, hash: string, key: TrustedKey): void {
  const named = document?.hashes ?? [];
  if (named.length === 0 || named.includes(hash.toUpperCase())) return;
  distrust(
    key,
    'image.clearsign-malformed',
    `the file says its hash is ${named.join(', ')}; the signature uses ${hash}`,
  );
}

function badSignature(problem: string, { facts }: ChosenSignature, key: TrustedKey): never {
  const made = `made by ${facts.issuers.at(-1)} on ${isoTime(facts.created)}, as it says`;
  const details = { reason: problem, issuers: facts.issuers, created: isoTime(facts.created) };
  // A key that was expired or revoked when it signed; what it is now was judged before.
  if (/(key|Subkey) is (expired|revoked)/.test(problem))
    distrust(key, 'image.signature-time', `the signature, ${made}, was made when its key was not valid: ${problem}`, {
      details,
    });
  return distrust(key, 'image.signature-bad', `the signature, ${made}, is not one over this file: ${problem}`, {
    details,
  });
}
