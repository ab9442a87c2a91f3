import type { PortWish } from '../plan/vm-plan.ts';
import type { RestoreSource } from './ledger.ts';

/** A VM that was suspended gets back what it had, with the same numbers where they are free. */
export function wantedPorts(planned: readonly PortWish[], restore: RestoreSource | undefined): readonly PortWish[] {
  if (restore?.ports === undefined) return planned;
  return restore.ports.map(({ guest, host, purpose }) => {
    const fixed = planned.some((wish) => wish.strength === 'fixed' && wish.host === host);
    return { guest, host, purpose, strength: fixed ? 'fixed' : 'preferred' };
  });
}
