import { fail } from '../errors/sysmonvm-error.ts';
import type { SigningKey } from './image-entry.ts';

export interface TrustAnchor {
  /** Of the primary key, 40 hex digits. */
  readonly fingerprint: string;
  readonly vendor: string;
  readonly packetVersions: readonly (3 | 4)[];
  /** Where the vendor publishes the same key with newer self-signatures; taken only when it has this fingerprint. */
  readonly certificateUrl?: string;
}

function anchor(vendor: string, fingerprint: string, more: Partial<TrustAnchor> = {}): TrustAnchor {
  return { vendor, fingerprint, packetVersions: [4], ...more };
}

/** What all trust in shipped images comes from. A change of a fingerprint is a change of the program. */
export const trustAnchors: Readonly<Record<string, TrustAnchor>> = {
  'almalinux-8': anchor('AlmaLinux', 'BC5EDDCADF502C077F1582882AE81E8ACED7258B'),
  'almalinux-9': anchor('AlmaLinux', 'BF18AC2876178908D6E71267D36CB86CB86B3716'),
  'almalinux-10': anchor('AlmaLinux', 'EE6DB7B98F5BF5EDD9DA0DE5DEE5C11CC2A1E572'),
  'fedora-43': anchor('Fedora', 'C6E7F081CF80E13146676E88829B606631645531'),
  'fedora-44': anchor('Fedora', '36F612DCF27F7D1A48A835E4DBFCF71C6D9F90A6'),
  'opensuse-2022': anchor('openSUSE', 'AD485664E901B867051AB15F35A2F86E29B700A4', {
    packetVersions: [3, 4],
    certificateUrl: 'https://download.opensuse.org/tumbleweed/repo/oss/repodata/repomd.xml.key',
  }),
  'rocky-8': anchor('Rocky Linux', '7051C470A929F454CEBE37B715AF5DAC6D745A60'),
  'rocky-9': anchor('Rocky Linux', '21CB256AE16FC54C6E652949702D426D350D275D'),
  'rocky-10': anchor('Rocky Linux', 'FC226859C0860BF0DDB95B085B106C736FEDFC85'),
  'ubuntu-cloud': anchor('Ubuntu', 'D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81', {
    certificateUrl:
      'https://keyserver.ubuntu.com/pks/lookup?op=get&options=mr&search=0xD2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81',
  }),
};

/** Undefined for a key that does not come with sysmonvm. */
export function trustAnchor(keyId: string): TrustAnchor | undefined {
  return Object.hasOwn(trustAnchors, keyId) ? trustAnchors[keyId] : undefined;
}

/** @throws image.key-fingerprint when a shipped lock file has a key that the source does not, or another one. */
export function assertAnchored(keys: Readonly<Record<string, SigningKey>>, path: string): void {
  for (const [id, key] of Object.entries(keys)) {
    const expected = trustAnchor(id)?.fingerprint;
    if (expected === key.fingerprint) continue;
    const why =
      expected === undefined
        ? `sysmonvm knows no such key (fingerprint ${key.fingerprint})`
        : `its fingerprint is ${key.fingerprint}, the pinned one is ${expected}`;
    fail('image.key-fingerprint', `${path}: the key "${id}" cannot be trusted: ${why}.`, {
      details: { path, keyId: id, fingerprint: key.fingerprint, expected: expected ?? null },
    });
  }
}
