import type { Dependencies } from '../dependencies.ts';

export interface Checked {
  /** RFC 3339, UTC. */
  readonly at: string;
  /** Program and version. */
  readonly with: string;
}

export function checkedNow(deps: Dependencies): Checked {
  return { at: new Date(deps.clock.now()).toISOString(), with: `sysmonvm ${deps.ownVersion()}` };
}
