import type { AppState, ListName } from '../state/app-state.ts';
import { arrange, type Sortable } from '../state/list-state.ts';
import { doctorRows } from './doctor-rows.ts';
import { fleetColumns } from './fleet-columns.ts';
import { fleetRows } from './fleet-rows.ts';
import { imageRows, imageSorts } from './image-rows.ts';
import { templateRows, templateSorts } from './template-rows.ts';

/** The rows of a list as they stand on the screen. */
export function listRows(state: AppState, name: ListName): readonly Sortable[] {
  const { world, lists } = state;
  const rows: Readonly<Record<ListName, () => readonly Sortable[]>> = {
    fleet: () => fleetRows(world.vms.value ?? [], world),
    images: () => imageRows(world.images.value ?? []),
    templates: () => templateRows(world.templates.value ?? [], world.pools.value ?? []),
    doctor: () => doctorRows(world.doctor.value?.findings ?? []),
  };
  return arrange(rows[name](), lists[name]);
}

const sorts: Readonly<Record<ListName, readonly string[]>> = {
  fleet: fleetColumns.flatMap(({ sort }) => sort ?? []),
  images: imageSorts,
  templates: templateSorts,
  doctor: ['order', 'status'],
};

export const sortsOf = (name: ListName): readonly string[] => sorts[name];
