import { compareVersions } from '../qemu/version.ts';

/** First dotted number in what a program prints about itself: `QEMU emulator version 7.2.22 (Debian …)` → 7.2.22. */
export function parseVersion(text: string): string | undefined {
  return /(?:^|[^\w.])[vV]?(?:go)?(\d+(?:\.\d+)+)/.exec(text)?.[1];
}

/** `QEMU emulator version X` of QEMU, EL's qemu-kvm and qemu-img (`qemu-img version X`). */
export function parseQemuVersion(text: string): string | undefined {
  return /\bversion\s+(\d+(?:\.\d+)+)/.exec(text)?.[1];
}

export function isAtLeast(version: string, minimum: string): boolean {
  return compareVersions(version, minimum) >= 0;
}
