import type { ImageEntry } from '../image/image-entry.ts';
import type { TrustLevel } from '../plan/vm-plan.ts';

/** A signature says nothing about what was published since; after this many days the question is asked again. */
const staleAfterDays = 90;
const dayMs = 86_400_000;

type Origin = 'shipped' | 'workspace';

/** Whole days since a moment; undefined for none. */
export function daysSince(moment: string | null | undefined, now: number): number | undefined {
  if (moment === null || moment === undefined) return undefined;
  const at = Date.parse(moment);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.floor((now - at) / dayMs));
}

export function isStale(verifiedAt: string | null | undefined, now: number): boolean {
  return (daysSince(verifiedAt, now) ?? 0) > staleAfterDays;
}

/** The level in a table: who signed is part of it. */
export function trustLabel(level: TrustLevel, keyOrigin: Origin | undefined): string {
  return level === 'signed' && keyOrigin === 'workspace' ? 'signed, your key' : level;
}

export function levelMeaning(level: TrustLevel, keyOrigin: Origin | undefined): string {
  switch (level) {
    case 'signed':
      return keyOrigin === 'workspace'
        ? 'A signature over the digest was checked, by a key that you added to this workspace. No shipped key vouches for it.'
        : "The vendor's signature over the digest was checked against a key whose fingerprint is part of sysmonvm.";
    case 'pinned':
      return 'The bytes must have exactly this digest. No signature over the digest was checked.';
    case 'tls-only':
      return 'The digest was read from the server over TLS. Nobody signed it: who controls the server controls the image.';
    case 'local':
      return 'Built on this host from packages whose APT signatures this host checks.';
  }
}

/** Why an entry is not at level signed; undefined when it is. */
export function whyNotSigned(entry: ImageEntry): string | undefined {
  if (entry.provenance.level === 'signed') return undefined;
  if (entry.kind === 'local') return entry.provenance.reason ?? 'It has no vendor: it is made here.';
  const { acknowledged, reason, signature } = entry.provenance;
  if (acknowledged !== undefined) return acknowledged;
  if (reason !== undefined) return reason;
  return signature === undefined
    ? 'The entry names no signature.'
    : 'Its signature was not checked yet: this needs the server of the vendor.';
}

export function whatRaises(entry: ImageEntry, stale: boolean): string | undefined {
  if (entry.kind === 'local') return undefined;
  const { level, signature } = entry.provenance;
  const command = `sysmonvm image update ${entry.id} --arch ${entry.arch}`;
  if (level === 'signed') return stale ? `${command}   # asks the vendor's server again` : undefined;
  if (signature !== undefined) return `${command}   # needs network; checks the signature by ${signature.key}`;
  return level === 'tls-only'
    ? 'Nothing on this side: the vendor would have to sign it.'
    : 'A key: `sysmonvm image key add`, then `sysmonvm image add` with --checksums, --signature and --key under an id of your own.';
}
