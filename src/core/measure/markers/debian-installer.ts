import { linuxMarkers } from './linux.ts';
import type { MarkerTable } from './marker-table.ts';

const ofLinux = (name: string) => linuxMarkers.markers.filter((marker) => marker.name === name);

/** Debian's installer with `console=…`, up to its first question, as text or as a drawn dialogue. */
export const debianInstallerMarkers: MarkerTable = {
  name: 'debian-installer',
  title: "Debian's installer up to its first question",
  markers: [
    ...ofLinux('firmware'),
    ...ofLinux('bootloader'),
    ...ofLinux('kernel'),
    { name: 'memory_disk_unpacked', pattern: '^\\[\\s*\\d+\\.\\d+\\] Freeing initrd memory: ' },
    { name: 'init', pattern: '^\\[\\s*\\d+\\.\\d+\\] Run /init as init process' },
    { name: 'userland', pattern: '^(?:Starting system log daemon: |steal-ctty: )' },
    { name: 'installer', pattern: '^.{0,40}\\(1\\*installer\\)' },
    {
      name: 'first_question',
      pattern: "^(?:Prompt: '\\?' for help|\\[Press enter to continue\\]|.{0,60}\\[!{1,2}\\] .{0,60}[Ll]anguage)",
    },
  ],
  end: ['first_question'],
  failure: linuxMarkers.failure,
};
