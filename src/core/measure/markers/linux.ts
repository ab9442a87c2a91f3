import type { MarkerTable } from './marker-table.ts';

const kernelTime = '\\[\\s*\\d+\\.\\d+\\] ';
const systemd = '(?:^|\\] )systemd\\[1\\]: ';
/** systemd's own status lines have a field in brackets before them, its log lines have its name. */
const reached = (target: string) => `(?:^\\[  OK  \\] |${systemd})Reached target (?:\\S+ - )?${target}`;

export const kernelPanicPattern = 'Kernel panic - not syncing: (.*)$';

/** Kernel and systemd, as they write on a serial console. */
export const linuxMarkers: MarkerTable = {
  name: 'linux',
  title: 'Linux with systemd or another init, on a serial console',
  markers: [
    {
      name: 'firmware',
      pattern: '^(?:UEFI firmware|BdsDxe: |SeaBIOS \\(version|EDK II|\\s*UEFI Interactive Shell)',
      stage: 'firmware',
    },
    {
      name: 'bootloader',
      pattern: '^(?:GNU GRUB|Welcome to GRUB!|systemd-boot |\\s*Booting `|EFI stub: )',
      stage: 'bootloader',
    },
    {
      name: 'kernel',
      pattern: `^\\[\\s*0\\.000000\\] |^${kernelTime}Linux version `,
      stage: 'kernel',
    },
    {
      name: 'initrd',
      pattern: `^(?:${kernelTime})?(?:Run /init as init process|Begin: |Loading, please wait\\.\\.\\.)`,
      stage: 'initrd',
    },
    {
      name: 'init',
      pattern: `${systemd}(?:systemd \\S+ running in system mode|Detected )|^Welcome to (?!GRUB!).+!$|^tiny init: `,
      stage: 'init',
    },
    { name: 'local_file_systems', pattern: reached('(?:local-fs\\.target|Local File Systems)') },
    { name: 'sysinit', pattern: reached('(?:sysinit\\.target|System Initialization)') },
    { name: 'basic', pattern: reached('(?:basic\\.target|Basic System)') },
    { name: 'network_online', pattern: reached('(?:network-online\\.target|Network is Online)') },
    { name: 'multi_user', pattern: reached('(?:multi-user\\.target|Multi-User System)') },
    { name: 'login_prompt', pattern: '^\\S+ login: ?$', stage: 'login-prompt' },
  ],
  end: ['login_prompt'],
  failure: [
    { pattern: kernelPanicPattern, what: 'the kernel of the guest panicked' },
    { pattern: '^(?:\\(initramfs\\) |You are in emergency mode)', what: 'the guest fell into an emergency shell' },
  ],
};
