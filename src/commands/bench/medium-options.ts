import type { OptionSpec } from '../../cli/command-spec.ts';
import { mediumArchs } from '../../core/measure/boot-medium.ts';
import { markerTables } from '../../core/measure/markers/all-tables.ts';
import { anySystemMarkers } from '../../core/measure/markers/any-system.ts';

const tables = [...markerTables, anySystemMarkers].map(({ name }) => name);

/** Settings of our own VMs that mean more here; each takes the place of the one in the field table. */
const widened: readonly OptionSpec[] = [
  {
    flags: '--arch <arch>',
    description: `architecture of the guest: x86_64 or aarch64, for media also i386 or arm (default: the host's; i386 for MINIX)`,
    complete: mediumArchs,
  },
  {
    flags: '--disk <size or file>',
    description:
      'a size (40G, 1T, a number of GiB) is that of the VM’s disk (default: 40G); anything else is the path of a disk to boot (raw or qcow2, never written to), or to install on. A file that is named like a size is given as ./40G',
    complete: 'file',
  },
  {
    flags: '--image <id>',
    description:
      'image id from the lock file, or the path of a qcow2 file (default: almalinux-9); with --docker or --podman the tag of the container image that has QEMU',
    complete: 'image',
  },
];

export const mediumOptions: readonly OptionSpec[] = [
  ...widened,
  { flags: '--iso <file>', description: 'boot this ISO 9660 image, which is only read', complete: 'file' },
  { flags: '--kernel <file>', description: 'boot this kernel, which QEMU loads', complete: 'file' },
  { flags: '--bios <file>', description: 'boot this firmware, such as U-Boot', complete: 'file' },
  { flags: '--initrd <file>', description: 'initial RAM disk of --kernel', complete: 'file' },
  { flags: '--dtb <file>', description: 'device tree of --kernel', complete: 'file' },
  {
    flags: '--rootfs <file>',
    description: 'root file system (raw) of an ARM kernel; `none` for a kernel that needs none',
    complete: 'file',
  },
  { flags: '--append <text>', description: 'command line of --kernel', complete: 'none' },
  {
    flags: '--markers <table>',
    description: `what a medium prints on its way up: ${tables.join(', ')}, or a file (YAML, JSON) with a table (default: minix when the guest’s name has it, linux for --kernel, else any-system)`,
    complete: 'file',
  },
  {
    flags: '--install-script <file>',
    description: 'answers for the console (YAML, JSON): installs from the medium on --disk',
    complete: 'file',
  },
  { flags: '--size <size>', description: 'of the disk that is made to install on (default: 2G)', complete: 'none' },
  { flags: '--no-create', description: 'install on the disk that is there' },
  { flags: '--docker', description: 'run QEMU in a container of --image, which must be there already' },
  { flags: '--podman', description: 'the same with podman' },
  { flags: '--no-kvm', description: 'emulate, even if the host could do better (the same as --accel tcg)' },
  { flags: '--mem <size>', description: 'the same as --memory (default of media: 512M)', complete: 'none' },
  { flags: '--smp <n>', description: 'the same as --cpus (default of media: 2, for arm 1)', complete: 'none' },
  {
    flags: '--vnc-port <port>',
    description: 'show the screen of a medium on this port of 127.0.0.1',
    complete: 'none',
  },
];
