import type { GuestArch } from '../host-facts.ts';

/** Negative when a is older than b. Text behind the numbers ("7.2.22 (Debian …)", "9.0.0-rc1") is left out. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): number[] {
  return (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);
}

/** Oldest QEMU that is supported. Before 8.2.1 guests hang on Apple silicon. */
export function minimumQemuVersion(platform: 'linux' | 'darwin', arch: GuestArch): string {
  if (platform === 'linux') return '6.2';
  return arch === 'aarch64' ? '8.2.1' : '7.2';
}
