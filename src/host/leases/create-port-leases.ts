import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { PortWish } from '../../core/plan/vm-plan.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { HeldLease, LeaseOwner, PortLeases } from '../../core/ports/port-leases.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import type { PortLease } from '../../core/resources/ledger.ts';
import { fileError } from '../store/file-errors.ts';
import { withFileLock } from '../store/file-lock.ts';
import { createLeaseFile } from './lease-file.ts';

/**
 * The registry is one file, changed only under one lock file. A lease holds while the process it names lives (same
 * pid, start time and boot), so a crash or a reboot of the host needs no clean-up: the next change drops what is dead.
 */
export interface PortLeasesDependencies {
  /** One per user, shared by all workspaces. */
  readonly directory: string;
  readonly runner: Pick<ProcessRunner, 'identify' | 'isAlive'>;
  readonly clock: Clock;
  readonly lockTimeoutMs?: number;
}

export function createPortLeases({
  directory,
  runner,
  clock,
  lockTimeoutMs = 15_000,
}: PortLeasesDependencies): PortLeases {
  const path = join(directory, 'ports.json');
  const file = createLeaseFile(path, clock);

  async function change<T>(
    purpose: string,
    signal: AbortSignal | undefined,
    action: (held: readonly HeldLease[]) => Promise<T>,
  ): Promise<T> {
    await mkdir(directory, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw fileError(error, directory, 'making the directory of the port registry');
    });
    const deadlineAt = clock.now() + lockTimeoutMs;
    const options = { purpose, what: 'the port registry', deadlineAt, ...(signal === undefined ? {} : { signal }) };
    return withFileLock(join(directory, 'ports.lock'), options, { runner, clock }, async () =>
      action(await file.read()),
    );
  }

  async function split(held: readonly HeldLease[]): Promise<{ alive: HeldLease[]; dead: HeldLease[] }> {
    const verdicts = await Promise.all(held.map((lease) => runner.isAlive(lease.process)));
    return { alive: held.filter((_, index) => verdicts[index]), dead: held.filter((_, index) => !verdicts[index]) };
  }

  return {
    take: (wishes, owner, signal) =>
      change(`ports for ${owner.vmName}`, signal, async (held) => {
        const { alive } = await split(held);
        const taken = await chooseAll(wishes, owner, alive);
        const leased = new Set(taken.map(({ host }) => host));
        await file.write([
          ...alive.filter(({ host }) => !leased.has(host)),
          ...taken.map((lease) => ({ ...lease, ...owner })),
        ]);
        return taken;
      }),
    assign: (vmId, process) =>
      change('assign', undefined, (held) =>
        file.write(held.map((lease) => (lease.vmId === vmId ? { ...lease, process } : lease))),
      ),
    async release(vmId, hostPorts) {
      const goes = (lease: HeldLease): boolean =>
        lease.vmId === vmId && (hostPorts === undefined || hostPorts.includes(lease.host));
      // Leases of a VM are taken and released under the VM's own lock: what is not there now does not come meanwhile.
      if (!(await file.read()).some(goes)) return;
      await change('release', undefined, (held) => file.write(held.filter((lease) => !goes(lease))));
    },
    list: async () => (await split(await file.read())).alive,
    sweep: () =>
      change('sweep', undefined, async (held) => {
        const { alive, dead } = await split(held);
        // A dead lease means nothing to any reader, so a full disk is no reason to stop.
        if (dead.length > 0) {
          await file.write(alive).catch((error: unknown) => {
            if (!hasCode(error, 'host.no-space')) throw error;
          });
        }
        return dead;
      }),
  };
}

/** Numbers that are not free to choose go first, so that a wish for any port never takes one of them. */
const strictness: readonly PortWish['strength'][] = ['fixed', 'preferred', 'any'];

async function chooseAll(
  wishes: readonly PortWish[],
  owner: LeaseOwner,
  alive: readonly HeldLease[],
): Promise<readonly PortLease[]> {
  const { choosePort } = await import('./choose-port.ts');
  const chosen = new Map<PortWish, PortLease>();
  const inOrder = wishes.toSorted((a, b) => strictness.indexOf(a.strength) - strictness.indexOf(b.strength));
  for (const wish of inOrder) {
    const host = await choosePort(wish, owner, alive, [...chosen.values()]);
    chosen.set(wish, { guest: wish.guest, host, purpose: wish.purpose });
  }
  return wishes.flatMap((wish) => chosen.get(wish) ?? []);
}
