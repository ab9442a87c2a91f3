import type { CheckerTarget } from '../../core/checker-install/checker-lock.ts';
import { type GuestState, readGuestState } from '../../core/checker-install/guest-state.ts';
import type { Deadline } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { GuestConnection } from '../../core/ports/guest-shell.ts';
import type { KeptResources } from '../../core/resources/ledger.ts';
import type { Dependencies } from '../dependencies.ts';
import { type GuestRoot, rootBySsh } from '../guest-agent/guest-root.ts';
import { connectGuest } from '../vm/connect-guest.ts';
import { sshTarget } from '../vm/guest-access.ts';
import { findVm } from '../vm/with-vm.ts';
import { checkerFactsScript, checkerServiceScript } from './install-script.ts';

/** A guest in which a checker is installed, looked at or removed. */
export interface CheckedGuest {
  readonly name: string;
  readonly id: string;
  readonly target: CheckerTarget;
  readonly network: VmPlan['network']['value'];
  readonly kept: Pick<KeptResources, 'directory' | 'socketDirectory'>;
  readonly connection: GuestConnection;
  readonly root: GuestRoot;
  readonly deadline: Deadline;
}

/** Waits until the guest is ready, logs in and becomes root. */
export async function inCheckedGuest<T>(
  deps: Dependencies,
  call: Call,
  name: string,
  work: (guest: CheckedGuest) => Promise<T>,
): Promise<T> {
  const target = await sshTarget(deps, call, name, { waitReady: true });
  const { identity, plan, ledger } = await findVm(deps, name);
  const { directory, socketDirectory } = ledger.kept;
  if (plan === undefined || directory === undefined || socketDirectory === undefined)
    return fail('vm.refused', `VM ${name} is not complete`, { next: [`sysmonvm vm-status ${name}`] });
  const connection = await connectGuest(deps, call.signal, { target, process: undefined });
  try {
    const deadline: Deadline = { at: Number.POSITIVE_INFINITY, signal: call.signal, attempts: [] };
    const root =
      (await rootBySsh(connection, target.user, deadline)) ??
      fail('checker.guest-unfit', `${target.user} may not become root in ${name} without a password`);
    const arch = plan.arch === 'x86_64' ? ('x64' as const) : ('arm64' as const);
    return await work({
      name,
      id: identity.id,
      target: { os: 'linux', arch },
      network: plan.network.value,
      kept: { directory, socketDirectory },
      connection,
      root,
      deadline,
    });
  } finally {
    connection.close();
  }
}

/** As `inCheckedGuest`, and no second command changes the checker of this guest meanwhile. @throws vm.locked */
export async function alone<T>(
  deps: Dependencies,
  call: Call,
  name: string,
  purpose: string,
  work: (guest: CheckedGuest) => Promise<T>,
): Promise<T> {
  return inCheckedGuest(deps, call, name, async (guest) => {
    const lock = await deps.store.lock(`${guest.id}.checker`, purpose, deps.clock.now() + lockPatienceMs, call.signal);
    try {
      return await work(guest);
    } finally {
      await lock.release();
    }
  });
}

const lockPatienceMs = 10_000;

export const serviceState = async ({ root }: CheckedGuest): Promise<Pick<GuestState, 'service' | 'restarts'>> =>
  readGuestState(await root.run(checkerServiceScript));

export const guestState = async ({ root }: CheckedGuest): Promise<GuestState> =>
  readGuestState(await root.run(checkerFactsScript));
