import { execFileSync } from 'node:child_process';
import { debianRelease, unpackedDebian } from './unpacked-debian.ts';

/** Small guests of the Debian that runs here: GRUB's rescue disk, Memtest86+, U-Boot. */
export function smallGuests() {
  const root = unpackedDebian({
    folder: 'measured-media',
    suite: debianRelease(),
    packages: () => ['grub-rescue-pc:amd64', 'memtest86+:amd64', 'u-boot-qemu'].map(ofOwnArch),
  });
  return {
    grubIso: `${root}/usr/lib/grub-rescue/grub-rescue-cdrom.iso`,
    memtest: `${root}/boot/memtest86+ia32.bin`,
    uBoot: {
      arm: `${root}/usr/lib/u-boot/qemu_arm/u-boot.bin`,
      aarch64: `${root}/usr/lib/u-boot/qemu_arm64/u-boot.bin`,
    },
  };
}

/** Kernel and initrd of Debian's network installer. */
export function installerOf(arch: 'amd64' | 'i386' | 'arm64' | 'armhf') {
  const root = unpackedDebian({
    folder: `installer-${arch}`,
    suite: debianRelease(),
    packages: () => [`debian-installer-12-netboot-${arch}`],
  });
  const folder = `${root}/usr/lib/debian-installer/images/12/${arch}/text/debian-installer/${arch}`;
  return { kernel: `${folder}/${arch === 'armhf' ? 'vmlinuz' : 'linux'}`, initrd: `${folder}/initrd.gz` };
}

const ownArch = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim();

/** APT takes a foreign architecture only when it was added; the host's own needs no suffix. */
function ofOwnArch(name: string): string {
  return name.endsWith(`:${ownArch}`) ? name.slice(0, -ownArch.length - 1) : name;
}
