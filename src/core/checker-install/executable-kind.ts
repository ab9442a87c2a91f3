import type { CheckerTarget } from './checker-lock.ts';

/** What a file is made for, from its first 20 bytes: an ELF or a Mach-O header; undefined for everything else. */
export function executableKind(head: Uint8Array): CheckerTarget | undefined {
  if (head.length < 20) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (view.getUint32(0) === 0x7f454c46) return linux(view.getUint16(18, head[5] === 1));
  if (view.getUint32(0, true) === 0xfeedfacf) return darwin(view.getUint32(4, true));
  return undefined;
}

/** `e_machine` of ELF. */
function linux(machine: number): CheckerTarget | undefined {
  if (machine === 0x3e) return { os: 'linux', arch: 'x64' };
  return machine === 0xb7 ? { os: 'linux', arch: 'arm64' } : undefined;
}

/** `cputype` of Mach-O. */
function darwin(type: number): CheckerTarget | undefined {
  if (type === 0x01000007) return { os: 'darwin', arch: 'x64' };
  return type === 0x0100000c ? { os: 'darwin', arch: 'arm64' } : undefined;
}
