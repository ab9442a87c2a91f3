import { describe, expect, it } from 'vitest';
import { connectGuest } from '../../../src/app/vm/connect-guest.ts';
import type { ErrorCode } from '../../../src/core/errors/codes.ts';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import type { GuestConnection } from '../../../src/core/ports/guest-shell.ts';

const process = { pid: 4242, startTime: '1', bootId: 'b' };
const target = {
  host: '127.0.0.1' as const,
  port: 2222,
  user: 'u',
  privateKeyPath: '/k',
  hostPublicKey: 'k',
  knownHostsPath: '/h',
};

/** Counts the tries against a server that fails with `code` the first `failures` times. */
async function tries(
  code: ErrorCode,
  failures: number,
  isAlive: () => boolean,
): Promise<{ made: number; slept: number }> {
  const seen = { made: 0, slept: 0 };
  const connect = async (): Promise<GuestConnection> => {
    seen.made += 1;
    if (seen.made <= failures) throw new SysmonvmError(code, 'no');
    return {} as GuestConnection;
  };
  const deps = {
    shell: async () => ({ connect, connectEarly: () => undefined, banner: async () => '' }),
    processes: { isAlive: async () => isAlive(), identify: async () => process, kill: async () => 'sent' as const },
    clock: {
      now: () => 0,
      sleep: async (ms: number) => {
        seen.slept += ms;
      },
    },
  };
  await connectGuest(deps, new AbortController().signal, { target, process }).catch((error: unknown) => {
    expect(error).toMatchObject({ code });
  });
  return seen;
}

describe('connecting to a guest', () => {
  it('is tried again when a busy server hangs up', async () => {
    expect((await tries('ssh.connection-lost', 2, () => true)).made).toBe(3);
    expect((await tries('ssh.connection-lost', 99, () => true)).made).toBe(5);
  });

  it('ends at once when QEMU is gone, be it at the first try or later', async () => {
    expect(await tries('ssh.connection-lost', 99, () => false)).toEqual({ made: 1, slept: 0 });
    let asked = 0;
    expect((await tries('ssh.connection-lost', 99, () => ++asked < 2)).made).toBe(2);
  });

  it('is not tried again when the guest refuses the key', async () => {
    expect((await tries('ssh.authentication-failed', 99, () => true)).made).toBe(1);
  });
});
