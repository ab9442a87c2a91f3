/** First dotted number in what a program prints about itself: `QEMU emulator version 7.2.22 (Debian …)` → 7.2.22. */
export function parseVersion(text: string): string | undefined {
  return /(?:^|[^\w.])[vV]?(?:go)?(\d+(?:\.\d+)+)/.exec(text)?.[1];
}

/** `QEMU emulator version X` of QEMU, EL's qemu-kvm and qemu-img (`qemu-img version X`). */
export function parseQemuVersion(text: string): string | undefined {
  return /\bversion\s+(\d+(?:\.\d+)+)/.exec(text)?.[1];
}

/** Compares dotted numbers; a missing part counts as 0. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string): number[] => version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const left = parts(a);
  const right = parts(b);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

export function isAtLeast(version: string, minimum: string): boolean {
  return compareVersions(version, minimum) >= 0;
}
