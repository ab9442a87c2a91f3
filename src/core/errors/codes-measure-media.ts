import type { CodeEntry } from './kinds.ts';

export const measureMediaCodes = {
  'media.unreadable': {
    kind: 'usage',
    cause:
      'A file that was to be booted or read (ISO, kernel, initrd, disk, log) is missing, unreadable or no such file.',
    remedy: 'Check the path in the message; nothing was started.',
  },
  'media.arch-unsupported': {
    kind: 'config',
    cause: 'There is no machine of this architecture for booting media.',
    remedy: 'Use i386, x86_64, aarch64 or arm.',
  },
  'media.parts-missing': {
    kind: 'usage',
    cause:
      'The machine cannot boot from what was given: an ARM machine needs a kernel with a root file system, or a firmware.',
    remedy: 'Give the parts that the message lists.',
  },
  'media.boot-failed': {
    kind: 'guest',
    cause: 'The measured machine ended, or its guest said that it failed, before it had booted.',
    remedy: "Look at the end of the console and at QEMU's own words in the error; boot.log has everything.",
  },
  'media.boot-timeout': {
    kind: 'deadline',
    cause: 'The guest did not show the marker that means booted in time. That is an outcome and never a boot time.',
    remedy:
      'See in boot.log whether the guest prints on its serial port at all, and whether the marker table is the right one.',
  },
  'media.step-timeout': {
    kind: 'deadline',
    cause: 'A step of the console script waited longer than it may for the text that it expects.',
    remedy: 'Compare the pattern of the step with the end of boot.log.',
  },
  'measure.markers-invalid': {
    kind: 'config',
    cause: 'The file with a marker table cannot be read, or a field of it is wrong.',
    remedy: 'Correct the line that the message names.',
  },
  'measure.script-invalid': {
    kind: 'config',
    cause: 'The file with answers for the console cannot be read, or a field of it is wrong.',
    remedy: 'Correct the line that the message names.',
  },
} as const satisfies Record<string, CodeEntry>;
