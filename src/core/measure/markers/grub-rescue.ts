import type { MarkerTable } from './marker-table.ts';

/** GRUB as a rescue disk on a PC with a BIOS: its menu, or its prompt when there is no configuration. */
export const grubRescueMarkers: MarkerTable = {
  name: 'grub-rescue',
  title: 'GRUB (rescue disk, menu or prompt)',
  markers: [
    { name: 'firmware', pattern: '^SeaBIOS \\(version ' },
    { name: 'boot_device', pattern: '^Booting from ' },
    { name: 'grub_starts', pattern: '^Welcome to GRUB!' },
    { name: 'grub_screen', pattern: '^\\s*GNU GRUB +version ' },
    { name: 'menu_ready', pattern: '^\\s*Use the .+ and .+ keys to select which entry is highlighted' },
    { name: 'prompt', pattern: '^grub(?: rescue)?> ?$' },
  ],
  end: ['menu_ready', 'prompt'],
  failure: [],
};
