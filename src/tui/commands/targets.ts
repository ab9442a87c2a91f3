import type { VmSnapshot } from '../../core/vm/vm-snapshot.ts';
import { fleetRows } from '../screens/fleet-rows.ts';
import { type AppState, vmOf } from '../state/app-state.ts';
import { arrange, cursorRow } from '../state/list-state.ts';

/** The VM that a command is about: the one that is shown, else the one under the cursor. */
export function targetVm(state: AppState): VmSnapshot | undefined {
  if (state.screen === 'vm') return vmOf(state);
  if (state.screen !== 'fleet') return undefined;
  return cursorRow(shownFleet(state), state.lists.fleet)?.vm;
}

/** All that are selected, else the one. */
export function targetVms(state: AppState): readonly VmSnapshot[] {
  const { selected } = state.lists.fleet;
  const chosen = state.screen === 'fleet' ? (state.world.vms.value ?? []).filter((vm) => selected.has(vm.id)) : [];
  if (chosen.length > 0) return chosen;
  const one = targetVm(state);
  return one === undefined ? [] : [one];
}

export const shownFleet = ({ world, lists }: AppState) => arrange(fleetRows(world.vms.value ?? [], world), lists.fleet);
