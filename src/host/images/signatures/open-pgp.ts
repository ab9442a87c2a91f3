import type * as OpenPgp from 'openpgp';

export type OpenPgpModule = typeof OpenPgp;

/** Half a megabyte of code that most commands never need. */
export async function loadOpenPgp(): Promise<OpenPgpModule> {
  return import('openpgp');
}

const weakHashes = ({ enums: { hash } }: OpenPgpModule) => [hash.md5, hash.ripemd, hash.sha1, hash.sha224];

/** What the package accepts by default is wider: SHA-1 certifications, packets that it does not understand. */
export function strictConfig(pgp: OpenPgpModule): OpenPgp.Config {
  return {
    ...pgp.config,
    ignoreUnsupportedPackets: false,
    ignoreMalformedPackets: false,
    minRSABits: 2048,
    rejectHashAlgorithms: new Set(weakHashes(pgp)),
    rejectMessageHashAlgorithms: new Set(weakHashes(pgp)),
    // A certificate that was renewed has self-signatures younger than the signature; it is checked as of now anyway.
    allowInsecureVerificationWithReformattedKeys: true,
  };
}

/** For bad news only: a revocation or an expiry date counts whatever hash it was written with. */
export function badNewsConfig(pgp: OpenPgpModule): OpenPgp.Config {
  return {
    ...strictConfig(pgp),
    minRSABits: 0,
    rejectHashAlgorithms: new Set(),
    rejectMessageHashAlgorithms: new Set(),
    rejectPublicKeyAlgorithms: new Set(),
    rejectCurves: new Set(),
  };
}
