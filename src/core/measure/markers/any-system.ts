import { linuxMarkers } from './linux.ts';
import type { MarkerTable } from './marker-table.ts';
import { minixMarkers } from './minix.ts';
import { sisMarkers } from './sis.ts';

const systems = [linuxMarkers, minixMarkers, sisMarkers];

/**
 * For a medium of which nothing is known: all markers of the systems, each of whose prompts is the end. Boot loaders
 * and installers are left out on purpose: the menu of GRUB is the end of a rescue disk, but the beginning of Linux.
 */
export const anySystemMarkers: MarkerTable = {
  name: 'any-system',
  title: systems.map(({ title }) => title).join('; '),
  markers: systems.flatMap(({ markers }) => markers),
  end: systems.flatMap(({ end }) => end),
  failure: systems.flatMap(({ failure }) => failure),
};
