import type { CodeEntry } from './kinds.ts';

export const hostCodes = {
  'host.tool-missing': {
    kind: 'host',
    cause: 'A program that is needed is not installed.',
    remedy: '`sysmonvm host-setup` installs it; the message shows the command.',
  },
  'host.tool-failed': {
    kind: 'host',
    cause: 'A program on the host ended with an error.',
    remedy: 'The message shows the last lines it printed.',
  },
  'host.tool-deadline': {
    kind: 'deadline',
    cause: 'A program on the host did not end before its deadline and was ended.',
    remedy: 'The message shows the last lines it printed. Run the command again when the host is less busy.',
  },
  'host.tool-too-old': {
    kind: 'host',
    cause: 'A program is older than the oldest supported version.',
    remedy: 'Update it; the message names both versions.',
  },
  'host.unsupported': {
    kind: 'host',
    cause: 'This operating system or architecture is not supported for the request.',
    remedy: 'Use macOS on Apple silicon or Linux.',
  },
  'host.firmware-missing': {
    kind: 'host',
    cause: 'No UEFI firmware for the architecture of the guest was found.',
    remedy: '`sysmonvm host-setup` installs it.',
  },
  'host.accelerator-unavailable': {
    kind: 'host',
    cause: 'Hardware acceleration was required and does not work here.',
    remedy: '`sysmonvm doctor` explains why. Without `--require-accel` the guest is emulated.',
  },
  'host.no-space': {
    kind: 'host',
    cause: 'The disk is full, or has less room than the request needs.',
    remedy:
      '`sysmonvm df` shows what we hold; `sysmonvm vm-gc` frees what is not used, `sysmonvm vm-destroy` a VM: both work on a full disk.',
  },
  'host.no-memory': {
    kind: 'host',
    cause: 'The request needs more memory than the host has.',
    remedy: 'Ask for less with `--memory`.',
  },
  'host.permission': {
    kind: 'host',
    cause: 'A file or device may not be used by this user.',
    remedy: 'The message names it and what would help.',
  },
  'host.port-in-use': {
    kind: 'host',
    cause: 'A port that was asked for by number is taken.',
    remedy: 'Choose another port, or leave the choice to us.',
  },
  'host.qemu-failed': {
    kind: 'host',
    cause: 'QEMU refused to start.',
    remedy: 'The message shows what QEMU printed. `sysmonvm plan --qemu-args` shows its arguments.',
  },
  'host.package-manager-missing': {
    kind: 'host',
    cause: 'No package manager that we know was found.',
    remedy: 'Install the tools that the message names by hand.',
  },
  'host.install-failed': {
    kind: 'host',
    cause: 'The package manager could not install what is missing.',
    remedy: 'The message shows its last lines. `sysmonvm host-setup --dry-run` shows the commands.',
  },
  'host.network-privilege': {
    kind: 'host',
    cause: 'Bridged networking needs a bridge and a helper with privileges that are not there.',
    remedy: 'The message names what is missing. Network `user` needs none.',
  },
} as const satisfies Record<string, CodeEntry>;
