import type { PortWish } from '../plan/vm-plan.ts';
import type { KeptResources } from './ledger.ts';

/**
 * What the plan wants and what was added while it ran, with the same numbers where they are free. A VM that was
 * suspended gets back what it had.
 */
export function wantedPorts(
  planned: readonly PortWish[],
  { restore, addedPorts = [] }: Pick<KeptResources, 'restore' | 'addedPorts'>,
): readonly PortWish[] {
  if (restore?.ports === undefined) {
    const added = addedPorts.filter(({ host }) => !planned.some((wish) => wish.host === host));
    return [...planned, ...added.map((port): PortWish => ({ ...port, purpose: 'user', strength: 'preferred' }))];
  }
  return restore.ports.map(({ guest, host, purpose }) => {
    const fixed = planned.some((wish) => wish.strength === 'fixed' && wish.host === host);
    return { guest, host, purpose, strength: fixed ? 'fixed' : 'preferred' };
  });
}
