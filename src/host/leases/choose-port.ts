import { randomInt } from 'node:crypto';
import getPort, { clearLockedPorts } from 'get-port';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { PortWish } from '../../core/plan/vm-plan.ts';
import type { HeldLease, LeaseOwner } from '../../core/ports/port-leases.ts';
import type { PortLease } from '../../core/resources/ledger.ts';

/** Below the ranges from which Linux (32768) and macOS (49152) give ports to outgoing connections. */
const anyRange = { from: 20_000, to: 32_000 } as const;
const neighbours = 100;

export async function choosePort(
  wish: PortWish,
  owner: LeaseOwner,
  held: readonly HeldLease[],
  chosen: readonly PortLease[],
): Promise<number> {
  const mine = held.find(
    (lease) => lease.vmId === owner.vmId && lease.guest === wish.guest && lease.purpose === wish.purpose,
  );
  const keeps = mine !== undefined && (wish.strength !== 'fixed' || mine.host === wish.host);
  if (keeps && !chosen.some(({ host }) => host === mine.host)) return mine.host;
  const leased = [...held, ...chosen].map(({ host }) => host);
  if (wish.strength === 'fixed' && wish.host !== undefined) return fixedPort(wish.host, leased, held);
  return freePort(wish.host === undefined ? anyPorts() : portsFrom(wish.host), leased);
}

async function fixedPort(port: number, leased: readonly number[], held: readonly HeldLease[]): Promise<number> {
  const holder = held.find(({ host }) => host === port);
  if (holder !== undefined) {
    fail('host.port-in-use', `Port ${port} is taken by VM "${holder.vmName}" of the workspace ${holder.workspace}.`, {
      details: { port, vm: holder.vmName, workspace: holder.workspace, pid: holder.process.pid },
      next: [
        `sysmonvm vm-stop --workspace ${holder.workspace} ${holder.vmName}`,
        'leave the port out, so that a free one is chosen',
      ],
    });
  }
  if (leased.includes(port)) {
    fail('host.port-in-use', `Port ${port} is asked for twice in the same request.`, { details: { port } });
  }
  if ((await freePort([port], leased)) === port) return port;
  if (port < 1024 && process.getuid?.() !== 0) {
    fail(
      'host.permission',
      `Port ${port} cannot be opened: ports below 1024 need privileges, or another program has it.`,
      {
        details: { port },
        next: [`choose a port of 1024 or more instead of ${port}`],
      },
    );
  }
  return fail('host.port-in-use', `Port ${port} on 127.0.0.1 is taken by another program.`, {
    details: { port },
    next: [`lsof -nP -iTCP:${port} -sTCP:LISTEN`, 'leave the port out, so that a free one is chosen'],
  });
}

/** The first of the candidates that can be opened on 127.0.0.1, else any that is not leased. */
async function freePort(candidates: readonly number[], leased: readonly number[]): Promise<number> {
  for (;;) {
    // get-port remembers what it gave for half a minute; our registry does so exactly.
    clearLockedPorts();
    const port = await getPort({ port: candidates, host: '127.0.0.1', exclude: leased });
    // Its last resort, a port that the system chooses, does not heed `exclude`.
    if (!leased.includes(port)) return port;
  }
}

function portsFrom(first: number): number[] {
  return Array.from({ length: Math.min(neighbours, 65_536 - first) }, (_, index) => first + index);
}

function anyPorts(): number[] {
  return Array.from({ length: 50 }, () => randomInt(anyRange.from, anyRange.to));
}
