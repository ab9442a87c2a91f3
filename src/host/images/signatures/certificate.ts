import type { Key, PublicKey, SignaturePacket, Subkey } from 'openpgp';
import type { TrustedKey } from '../../../core/ports/signatures.ts';
import { findCertificate } from './find-certificate.ts';
import { badNewsConfig, type OpenPgpModule, strictConfig } from './open-pgp.ts';
import { distrust, isoTime, reasonOf } from './trust-failure.ts';

/** A certificate that may vouch for something now. */
export interface UsableCertificate {
  readonly trusted: TrustedKey;
  readonly key: PublicKey;
  readonly userId: string;
  readonly expires?: Date;
}

/** No date: a revocation counts from the beginning. */
const always = null as unknown as Date;
/** Any valid revocation, not only one of a certain self-signature. */
const whichever = null as unknown as SignaturePacket;

/**
 * Order of the findings: unreadable, private or another key; made in the future; revoked; weak; expired. Everything is
 * judged as of now, never as of the date that a signature gives itself: a stolen key can date its signatures back.
 */
export async function loadUsableCertificate(
  trusted: TrustedKey,
  now: Date,
  pgp: OpenPgpModule,
): Promise<UsableCertificate> {
  const key = await readCertificate(trusted, pgp);
  const made = key.getCreationTime();
  if (made > now) {
    distrust(
      trusted,
      'image.signature-time',
      `the key "${trusted.id}" was made on ${isoTime(made)}, but this host's clock says ${isoTime(now)}`,
      { details: { keyCreated: isoTime(made), now: isoTime(now) } },
    );
  }
  await assertNotRevoked(trusted, key, pgp);
  assertStrong(trusted, key, pgp);
  const expires = await assertNotExpired(trusted, key, now, pgp);
  const config = strictConfig(pgp);
  try {
    await key.verifyPrimaryKey(now, undefined, config);
    await key.getSigningKey(undefined, now, undefined, config);
    const { user } = await key.getPrimaryUser(now, undefined, config);
    return { trusted, key, userId: user.userID?.userID ?? '', ...(expires === undefined ? {} : { expires }) };
  } catch (error) {
    return judge(trusted, `the key "${trusted.id}" (${trusted.key.fingerprint})`, error);
  }
}

async function readCertificate(trusted: TrustedKey, pgp: OpenPgpModule): Promise<PublicKey> {
  const bytes = findCertificate(trusted);
  const { file, fingerprint } = trusted.key;
  let key: Key;
  try {
    key = await pgp.readKey({ binaryKey: bytes, config: strictConfig(pgp) });
  } catch (cause) {
    return distrust(trusted, 'image.key-unreadable', `${file} cannot be read: ${reasonOf(cause)}`, { cause });
  }
  if (key.isPrivate()) distrust(trusted, 'image.key-private', `${file} holds a private key`);
  const found = key.getFingerprint().toUpperCase();
  if (found !== fingerprint)
    distrust(trusted, 'image.key-fingerprint', `${file} holds ${found}, not ${fingerprint}`, { details: { found } });
  return key as PublicKey;
}

async function assertNotRevoked(trusted: TrustedKey, key: PublicKey, pgp: OpenPgpModule): Promise<void> {
  if (!(await key.isRevoked(whichever, undefined, always, badNewsConfig(pgp)))) return;
  const reasons = key.revocationSignatures.map(({ created, reasonForRevocationString }) => ({
    revokedAt: created === null ? null : isoTime(created),
    reason: reasonForRevocationString ?? '',
  }));
  distrust(
    trusted,
    'image.key-revoked',
    `the key "${trusted.id}" (${trusted.key.fingerprint}) was revoked by its owner`,
    { details: { revocations: reasons } },
  );
}

async function assertNotExpired(
  trusted: TrustedKey,
  key: PublicKey,
  now: Date,
  pgp: OpenPgpModule,
): Promise<Date | undefined> {
  try {
    await key.verifyPrimaryKey(now, undefined, badNewsConfig(pgp));
  } catch (error) {
    const expired = await key.getExpirationTime(undefined, badNewsConfig(pgp));
    judge(trusted, `the key "${trusted.id}" (${trusted.key.fingerprint})`, error, expired);
  }
  const expires = await key.getExpirationTime(undefined, strictConfig(pgp));
  return expires instanceof Date ? expires : undefined;
}

function assertStrong(trusted: TrustedKey, key: Key | Subkey, pgp: OpenPgpModule): void {
  const { algorithm, bits, curve } = key.getAlgorithmInfo();
  const weak =
    /^(dsa|elgamal)/.test(algorithm) ||
    (algorithm.startsWith('rsa') && (bits ?? 0) < strictConfig(pgp).minRSABits) ||
    curve === pgp.enums.curve.secp256k1;
  if (!weak) return;
  const size = bits ?? curve ?? '';
  distrust(trusted, 'image.key-weak', `the key "${trusted.id}" is too weak: ${algorithm} ${size}`.trimEnd(), {
    details: { algorithm, bits: bits ?? null, curve: curve ?? null },
  });
}

/** Words of the OpenPGP package for why a key cannot be used. Whatever they are, the answer is no. */
function judge(trusted: TrustedKey, what: string, error: unknown, expired?: Date | typeof Infinity | null): never {
  const reason = reasonOf(error);
  const options = { cause: error, details: { reason } };
  if (/is revoked/.test(reason)) distrust(trusted, 'image.key-revoked', `${what} was revoked: ${reason}`, options);
  if (/is expired/.test(reason)) {
    const since = expired instanceof Date ? isoTime(expired) : undefined;
    const details = { reason, ...(since === undefined ? {} : { expired: since }) };
    const when = since === undefined ? '' : ` on ${since}`;
    distrust(trusted, 'image.key-expired', `${what} expired${when}`, { cause: error, details });
  }
  if (/Insecure (message )?hash/.test(reason))
    distrust(trusted, 'image.key-weak', `${what} is certified with a weak hash only: ${reason}`, options);
  if (/too weak|is disabled|signing key packet/.test(reason))
    distrust(trusted, 'image.key-weak', `${what} may not sign: ${reason}`, options);
  return distrust(trusted, 'image.key-unreadable', `${what} is not certified by itself: ${reason}`, options);
}

/** The primary key or the subkey that made a signature, which may sign now. */
export async function signingKeyOf(
  { trusted, key }: UsableCertificate,
  issuers: readonly string[],
  now: Date,
  pgp: OpenPgpModule,
): Promise<Key | Subkey> {
  const signer = findSigner(key, issuers);
  if (signer === undefined) return wrongSigner(trusted, issuers);
  const fingerprint = signer.getFingerprint().toUpperCase();
  const what = `the key ${fingerprint} of "${trusted.id}"`;
  if (signer !== key) await assertSubkeyNotRevoked(trusted, signer as Subkey, what, pgp);
  assertStrong(trusted, signer, pgp);
  try {
    const usable = await key.getSigningKey(signer.getKeyID(), now, undefined, strictConfig(pgp));
    if (usable.getFingerprint() === signer.getFingerprint()) return usable;
  } catch (error) {
    judge(trusted, what, error);
  }
  return wrongSigner(trusted, issuers);
}

/** Everything that a signature says about its signer has to be true of one key. */
function findSigner(key: PublicKey, issuers: readonly string[]): Key | Subkey | undefined {
  if (issuers.length === 0) return undefined;
  return [key, ...key.subkeys].find((candidate) => {
    const fingerprint = candidate.getFingerprint().toUpperCase();
    return issuers.every((issuer) => fingerprint.endsWith(issuer));
  });
}

export function isSigner({ key }: UsableCertificate, issuers: readonly string[]): boolean {
  return findSigner(key, issuers) !== undefined;
}

async function assertSubkeyNotRevoked(trusted: TrustedKey, subkey: Subkey, what: string, pgp: OpenPgpModule) {
  const primary = subkey.mainKey.keyPacket;
  if (await subkey.isRevoked(whichever, primary, always, badNewsConfig(pgp)))
    distrust(trusted, 'image.key-revoked', `${what} was revoked by its owner`);
}

export function wrongSigner(trusted: TrustedKey, issuers: readonly string[]): never {
  const found = issuers.toSorted((a, b) => b.length - a.length)[0] ?? 'nobody';
  return distrust(
    trusted,
    'image.key-mismatch',
    `the signature was made by ${found}; the key "${trusted.id}" is ${trusted.key.fingerprint}`,
    { details: { issuers } },
  );
}
