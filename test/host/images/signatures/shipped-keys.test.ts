import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseImageLock } from '../../../../src/core/image/lock-schema.ts';
import { checker, refusal, trust } from './throwaway-keys.ts';

/** The state that the table of the vendors' keys was made in; `now` must not change what is expected here. */
const today = new Date('2026-11-21T00:00:00Z');
const lock = parseImageLock(readFileSync('images.lock.json', 'utf8'), 'images.lock.json');

/** Fingerprint and name as the vendors publish them, written down independently of the lock file. */
const published: Readonly<Record<string, readonly [fingerprint: string, userId: RegExp]>> = {
  'RPM-GPG-KEY-AlmaLinux-8': ['BC5EDDCADF502C077F1582882AE81E8ACED7258B', /^AlmaLinux OS 8 </],
  'RPM-GPG-KEY-AlmaLinux-9': ['BF18AC2876178908D6E71267D36CB86CB86B3716', /^AlmaLinux OS 9 </],
  'RPM-GPG-KEY-AlmaLinux-10': ['EE6DB7B98F5BF5EDD9DA0DE5DEE5C11CC2A1E572', /^AlmaLinux OS 10 </],
  'RPM-GPG-KEY-Rocky-8': ['7051C470A929F454CEBE37B715AF5DAC6D745A60', /^Release Engineering </],
  'RPM-GPG-KEY-Rocky-9': ['21CB256AE16FC54C6E652949702D426D350D275D', /^Rocky Enterprise Software Foundation/],
  'RPM-GPG-KEY-Rocky-10': ['FC226859C0860BF0DDB95B085B106C736FEDFC85', /^Release Engineering \(Rocky Linux 10\)/],
  'RPM-GPG-KEY-CentOS-Official-SHA256': ['99DB70FAE1D7CE227FB6488205B555B38483C65D', /^CentOS \(/],
  'RPM-GPG-KEY-fedora-42-primary': ['B0F4950458F69E1150C6C5EDC8AC4916105EF944', /^Fedora \(42\)/],
  'RPM-GPG-KEY-fedora-43-primary': ['C6E7F081CF80E13146676E88829B606631645531', /^Fedora \(43\)/],
  'RPM-GPG-KEY-fedora-44-primary': ['36F612DCF27F7D1A48A835E4DBFCF71C6D9F90A6', /^Fedora \(44\)/],
  'RPM-GPG-KEY-fedora-45-primary': ['4F50A6114CD5C6976A7F1179655A4B02F577861E', /^Fedora \(45\)/],
  'RPM-GPG-KEY-openSUSE-2022': ['AD485664E901B867051AB15F35A2F86E29B700A4', /^openSUSE/],
  'ubuntu-cloudimage-keyring.gpg': ['D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81', /^UEC Image/],
};
const verdicts: Readonly<Record<string, 'image.key-expired' | 'image.key-weak'>> = {
  'RPM-GPG-KEY-openSUSE-2022': 'image.key-expired',
  'ubuntu-cloudimage-keyring.gpg': 'image.key-weak',
};
const shipped = (file: string, fingerprint: string) =>
  trust(readFileSync(`keys/${file}`), fingerprint, { origin: 'shipped' });

describe('the keys of the package', () => {
  it('are exactly those that are known here, and the lock file pins the published fingerprints [R-24]', () => {
    expect(readdirSync('keys').sort()).toEqual(Object.keys(published).sort());
    for (const { file, fingerprint } of Object.values(lock.keys))
      expect([file, fingerprint]).toEqual([file, published[file.replace('keys/', '')]?.[0]]);
  });

  it.each(Object.entries(published))(
    '%s: the verdict is the one of the table of vendors',
    async (file, [print, userId]) => {
      const key = shipped(file, print);
      const expected = verdicts[file];
      if (expected === undefined) {
        expect(await checker.assertUsable(key, today)).toEqual({ userId: expect.stringMatching(userId) });
        return;
      }
      await refusal(checker.assertUsable(key, today), expected);
    },
  );

  it('openSUSE: says when the certificate ended; the day before, SHA-1 is what is left to say against it', async () => {
    const key = shipped('RPM-GPG-KEY-openSUSE-2022', 'AD485664E901B867051AB15F35A2F86E29B700A4');
    const error = await refusal(checker.assertUsable(key, today), 'image.key-expired');
    expect(error.details['expired']).toBe('2026-06-19T14:03:14Z');
    const before = await refusal(checker.assertUsable(key, new Date('2026-06-18T00:00:00Z')), 'image.key-weak');
    expect(before.message).toContain('SHA1');
  });

  it('AlmaLinux 8: the second block is found; the first one, if it were pinned, has expired [case 3]', async () => {
    const file = 'RPM-GPG-KEY-AlmaLinux-8';
    const old = shipped(file, '5E9B8F5617B5066CE92057C3488FCF7C3ABB34F8');
    const error = await refusal(checker.assertUsable(old, today), 'image.key-expired');
    expect(error.details['expired']).toBe('2024-01-12T11:33:34Z');
    const first = `${readFileSync(`keys/${file}`, 'utf8').split('-----END PGP PUBLIC KEY BLOCK-----')[0]}-----END PGP PUBLIC KEY BLOCK-----\n`;
    const onlyDead = trust(Buffer.from(first), 'BC5EDDCADF502C077F1582882AE81E8ACED7258B');
    const missing = await refusal(checker.assertUsable(onlyDead, today), 'image.key-fingerprint');
    expect(missing.details['found']).toEqual(['5E9B8F5617B5066CE92057C3488FCF7C3ABB34F8']);
    await refusal(checker.assertUsable({ ...old, certificate: Buffer.from(first) }, today), 'image.key-expired');
  });

  it('Ubuntu: the other key of the binary keyring is found by its fingerprint as well', async () => {
    const key = shipped('ubuntu-cloudimage-keyring.gpg', '4A3CE3CD565D7EB5C810E2B97FF3F408476CF100');
    expect((await refusal(checker.assertUsable(key, today), 'image.key-weak')).message).toContain('SHA1');
  });

  it('a clock in 2010 is before every key: the clock is named, not the key [case 30]', async () => {
    const key = shipped('RPM-GPG-KEY-AlmaLinux-9', 'BF18AC2876178908D6E71267D36CB86CB86B3716');
    const error = await refusal(checker.assertUsable(key, new Date('2010-01-01T00:00:00Z')), 'image.signature-time');
    expect(error.message).toContain('2010-01-01T00:00:00Z');
    expect(error.next.join()).toContain('date -u');
    expect(await checker.assertUsable(key, new Date('2040-01-01T00:00:00Z'))).not.toHaveProperty('expires');
  });
});
