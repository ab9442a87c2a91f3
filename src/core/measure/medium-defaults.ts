import type { GuestArch } from '../host-facts.ts';
import type { Medium } from './boot-medium.ts';
import { anySystemMarkers } from './markers/any-system.ts';
import { linuxMarkers } from './markers/linux.ts';
import { minixMarkers } from './markers/minix.ts';

interface MediumDefaults {
  readonly guest: string;
  /** Name of a table. */
  readonly markers: string;
  readonly arch: string;
}

/** The file that gives a medium its name: what is booted, not what it is booted with. */
export function mainPartOf({ iso, disk, kernel, bios }: Medium): string | undefined {
  return iso ?? disk ?? kernel ?? bios;
}

/** A path as medium or image names its file. */
export function guestNameOf(path: string): string {
  const file = path.split('/').at(-1) ?? path;
  return file.replace(/\.(iso|qcow2|img|raw|bin)$/i, '').replaceAll(/[^A-Za-z0-9._-]/g, '-');
}

/**
 * What `--iso FILE` alone means. A name that says MINIX gets the markers of MINIX, and an i386 machine, for which it is
 * made; a kernel is Linux, since the others come on disks; anything else is watched for the prompts of all systems. To
 * guess more from a name would change what is measured when a file is renamed.
 */
export function mediumDefaults(medium: Medium, named: string | undefined, hostArch: GuestArch): MediumDefaults {
  const guest = named ?? guestNameOf(mainPartOf(medium) ?? 'medium');
  if (/minix/i.test(guest)) return { guest, markers: minixMarkers.name, arch: 'i386' };
  const fallback = medium.kernel === undefined ? anySystemMarkers : linuxMarkers;
  return { guest, markers: fallback.name, arch: hostArch };
}
