import { expect, it } from 'vitest';
import { readGuestFacts, whyNotFreezable } from '../../../src/core/template/guest-facts.ts';

it('reads what the guest tells of itself', () => {
  const text =
    'python=/usr/bin/python3\nssh=openssh-session\nkey=/etc/ssh/k\nservice=ssh.service\nservice=cron.service\n';
  const facts = readGuestFacts(text);
  expect(facts).toEqual({
    python: '/usr/bin/python3',
    shares: [],
    sshServer: 'openssh-session',
    hostKeyPath: '/etc/ssh/k',
    services: ['cron.service', 'ssh.service'],
  });
  expect(whyNotFreezable(facts)).toBeUndefined();
});

it.each([
  ['python=/usr/bin/python3\nshare=/work (9p)\n', 'a directory of the host is mounted in it'],
  ['ssh=openssh\n', 'it has no Python 3'],
])('says why a guest cannot be frozen: %j', (text, words) => {
  expect(whyNotFreezable(readGuestFacts(text))).toContain(words);
});
