import { anySystemMarkers } from './any-system.ts';
import { debianInstallerMarkers } from './debian-installer.ts';
import { grubRescueMarkers } from './grub-rescue.ts';
import { linuxMarkers } from './linux.ts';
import type { MarkerTable } from './marker-table.ts';
import { memtestMarkers } from './memtest.ts';
import { minixMarkers } from './minix.ts';
import { sisMarkers } from './sis.ts';
import { uBootMarkers } from './u-boot.ts';

export const markerTables: readonly MarkerTable[] = [
  linuxMarkers,
  minixMarkers,
  sisMarkers,
  grubRescueMarkers,
  memtestMarkers,
  uBootMarkers,
  debianInstallerMarkers,
];

export function markerTableNamed(name: string): MarkerTable | undefined {
  return [...markerTables, anySystemMarkers].find((table) => table.name === name);
}
