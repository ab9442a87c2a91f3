import { describe, expect, it } from 'vitest';
import { renewalFor, renewIdentity } from '../../../src/app/template/renew-identity.ts';
import { fail } from '../../../src/core/errors/sysmonvm-error.ts';
import type { AgentSession } from '../../../src/core/ports/guest-agent.ts';
import type { RenewalChannel } from '../../../src/core/ports/renewal-channel.ts';
import type { Renewal, RenewalAnswer } from '../../../src/core/template/renewal.ts';
import { hostFacts, keptResources, planFor } from '../../support/plan-fixtures.ts';

const start = 1_800_000_000_000;
function world() {
  const clock = { at: start };
  const notices: string[] = [];
  return {
    clock,
    notices,
    deps: {
      clock: { now: () => clock.at, sleep: async () => undefined },
      randomHex: (bytes: number) => 'ab'.repeat(bytes),
    },
    call: {
      requestId: 'r',
      signal: new AbortController().signal,
      report: (progress: unknown) => void notices.push(JSON.stringify(progress)),
    },
    deadline: { at: start + 30_000, signal: new AbortController().signal, attempts: [] },
  };
}

const good: RenewalAnswer = {
  id: 'one',
  epochMs: start,
  hostname: 'h',
  machineId: 'm',
  reseeded: true,
  hooks: [],
  errors: [],
};
const renewal: Renewal = { id: 'one', epochMs: start, seed: 'c2VlZA==' };

/** Answers in turn; a function is asked with what was sent last. */
function channelOf(...answers: ((sent: Renewal | undefined) => RenewalAnswer)[]): RenewalChannel {
  let sent: Renewal | undefined;
  return {
    send: async (message) => {
      sent = message;
    },
    answer: async () => {
      const next = answers.shift();
      if (!next) throw new Error('asked too often');
      return next(sent);
    },
    close: () => undefined,
  };
}

describe('the answer of a restored guest', () => {
  it('all done and the clock right: it is the answer', async () => {
    const { deps, call, deadline } = world();
    expect(await renewIdentity(deps, call, { channel: channelOf(() => good), renewal, deadline })).toBe(good);
  });

  it.each([
    [{ ...good, errors: ['host name: no room'] }, 'host name: no room'],
    [{ ...good, hooks: [{ path: '/x/10-a', exitCode: 3, tail: 'no licence\n' }] }, '/x/10-a ended with 3: no licence'],
    [{ ...good, reseeded: false }, 'its random pool was not reseeded'],
  ])('refuses one that is not done: %j', async (answer, words) => {
    const { deps, call, deadline } = world();
    await expect(
      renewIdentity(deps, call, { channel: channelOf(() => answer), renewal, deadline }),
    ).rejects.toMatchObject({ code: 'guest.renewal-failed', message: expect.stringContaining(words) });
  });

  it('a clock that looks wrong because the answer lay in a queue is asked for once more', async () => {
    const { deps, call, deadline, clock } = world();
    const late = () => {
      clock.at += 8_000;
      return good;
    };
    const prompt = (sent?: Renewal) => ({ ...good, id: sent?.id ?? '', epochMs: clock.at });
    expect(await renewIdentity(deps, call, { channel: channelOf(late, prompt), renewal, deadline })).toBe(good);
  });

  it.each([
    [-1_500, 'behind'],
    [1_500, 'ahead of'],
  ])('a clock that is wrong by %i ms is an error', async (by, word) => {
    const { deps, call, deadline, clock } = world();
    const wrong = () => ({ ...good, epochMs: clock.at + by });
    await expect(
      renewIdentity(deps, call, { channel: channelOf(wrong, wrong), renewal, deadline }),
    ).rejects.toMatchObject({ code: 'guest.clock-wrong', message: expect.stringContaining(word) });
  });
});

describe('a guest whose renewal port is silent', () => {
  const silent = () => fail('guest.renewal-failed', 'the guest did not answer to its renewal in time');
  const agentThat = (output: string, seen: string[]): AgentSession => ({
    execute: async <T>(command: string, args?: Readonly<Record<string, unknown>>) => {
      seen.push(`${command} ${JSON.stringify(args)}`);
      const status = { exited: true, exitcode: 0, 'out-data': btoa(output) };
      return (command === 'guest-exec' ? { pid: 7 } : status) as T;
    },
    close: () => void seen.push('close'),
  });

  it('is told by its agent, which runs the program once; the user hears of it', async () => {
    const { deps, call, deadline, notices } = world();
    const seen: string[] = [];
    const agent = {
      connect: async () => agentThat(JSON.stringify(good), seen),
      command: ['/usr/bin/python3', '/run/p.py', '--once'],
    };
    const answer = await renewIdentity(deps, call, { channel: channelOf(silent), renewal, deadline, agent });
    expect(answer).toEqual(good);
    expect(seen[0]).toContain('"path":"/usr/bin/python3","arg":["/run/p.py","--once"]');
    expect(seen[0]).toContain(btoa(`${JSON.stringify(renewal)}\n`));
    expect(seen.at(-1)).toBe('close');
    expect(notices.join()).toContain('it is told by its guest agent');
  });

  it('without an agent, or with one whose program fails, it is an error', async () => {
    const { deps, call, deadline } = world();
    await expect(renewIdentity(deps, call, { channel: channelOf(silent), renewal, deadline })).rejects.toThrow(
      'in time',
    );
    const agent = { connect: async () => agentThat('Traceback', []), command: ['python3'] };
    await expect(
      renewIdentity(deps, call, { channel: channelOf(silent), renewal, deadline, agent }),
    ).rejects.toMatchObject({ code: 'guest.renewal-failed', message: expect.stringContaining('ended with 0') });
  });
});

it('a fork is told everything: names, ids, keys, seed; the template’s login key goes', () => {
  const { deps } = world();
  const plan = planFor({}, hostFacts('linux', 'x86_64'));
  const message = renewalFor(deps, {
    plan: { ...plan, guest: { ...plan.guest, hostname: 'a.b', user: 'mia' } },
    kept: { ...keptResources('/vm'), instanceId: 'vm-1', hostPublicKey: 'ssh-ed25519 HOST' },
    template: {
      guest: { renewalCommand: [], hostKeyPath: '/k', sshServer: 'openssh', agent: true, services: [] },
      loginPublicKey: 'ssh-ed25519 OLD\n',
    },
    hostPrivateKey: 'PRIVATE',
    loginPublicKey: 'ssh-ed25519 NEW\n',
  });
  expect(message).toMatchObject({
    epochMs: start,
    hostname: 'a',
    fqdn: 'a.b',
    instanceId: 'vm-1',
    hostPrivateKey: 'PRIVATE',
    hostPublicKey: 'ssh-ed25519 HOST',
    hostKeyPath: '/k',
    sshServer: 'openssh',
    user: 'mia',
    addAuthorizedKeys: ['ssh-ed25519 NEW'],
    removeAuthorizedKeys: ['ssh-ed25519 OLD'],
    runHooks: true,
  });
  expect(message.machineId).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  expect(atob(message.seed ?? '')).toHaveLength(64);
});
