import type { HashName } from '../../../core/image/image-entry.ts';
import type { UsableCertificate } from './certificate.ts';
import type { SignatureFacts } from './signature-packet.ts';
import { distrust, isoTime } from './trust-failure.ts';

export const signatureTypes = { binary: 0, text: 1 } as const;
export type SignatureType = (typeof signatureTypes)[keyof typeof signatureTypes];

/** Clocks of build machines are not exact. */
export const clockToleranceMs = 5 * 60 * 1000;

const hashNames: Readonly<Record<number, string>> = {
  1: 'md5',
  2: 'sha1',
  3: 'ripemd160',
  8: 'sha256',
  9: 'sha384',
  10: 'sha512',
  11: 'sha224',
  12: 'sha3-256',
  14: 'sha3-512',
};
const typeNames: Readonly<Record<number, string>> = { 0: 'a file, byte for byte', 1: 'text, with free line ends' };

/** What can be said of a signature before the costly part. Returns the name of its hash. */
export function assertAcceptable(
  facts: SignatureFacts,
  expectedType: SignatureType,
  { trusted, key }: UsableCertificate,
  now: Date,
): HashName {
  if (facts.type !== expectedType) {
    const name = typeNames[facts.type] ?? `something else (type ${facts.type})`;
    distrust(
      trusted,
      'image.signature-type',
      `the signature is over ${name}; one over ${typeNames[expectedType]} is needed`,
      { details: { type: facts.type, expectedType } },
    );
  }
  const hash = trusted.key.allowedHashes.find((name) => name === hashNames[facts.hashAlgorithm]);
  if (hash === undefined) {
    const name = hashNames[facts.hashAlgorithm] ?? `hash ${facts.hashAlgorithm}`;
    const allowed = trusted.key.allowedHashes;
    return distrust(
      trusted,
      'image.signature-weak-hash',
      `the signature uses ${name}; for the key "${trusted.id}" ${allowed.join(', ')} is allowed`,
      { details: { hash: name, allowed } },
    );
  }
  const times = { created: facts.created, expires: facts.expires, keyCreated: key.getCreationTime(), now };
  const problem = timeProblem(times);
  if (problem !== undefined) {
    const known = Object.entries(times).flatMap(([name, time]) => (time === undefined ? [] : [[name, isoTime(time)]]));
    distrust(trusted, 'image.signature-time', problem, { details: Object.fromEntries(known) });
  }
  return hash;
}

interface Times {
  readonly created: Date;
  readonly expires: Date | undefined;
  readonly keyCreated: Date;
  readonly now: Date;
}

function timeProblem({ created, expires, keyCreated, now }: Times): string | undefined {
  const dated = `the signature is dated ${isoTime(created)}`;
  if (created.getTime() > now.getTime() + clockToleranceMs)
    return `${dated}, which is in the future: this host's clock says ${isoTime(now)}`;
  if (created < keyCreated) return `${dated}, before its key was made (${isoTime(keyCreated)})`;
  if (expires !== undefined && expires <= now) return `${dated} and expired on ${isoTime(expires)}`;
  return undefined;
}
