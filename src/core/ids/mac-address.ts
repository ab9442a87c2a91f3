/** 32-bit FNV-1a: spreads ids over addresses; nothing depends on it being hard to invert. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** The same VM always gets the same address, so that a guest's network names and leases stay. 52:54:00 is QEMU's prefix. */
export function macAddressOf(vmId: string): string {
  const hash = fnv1a(vmId);
  const bytes = [(hash >>> 16) & 0xff, (hash >>> 8) & 0xff, hash & 0xff];
  return ['52', '54', '00', ...bytes.map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}

/** Address of the second network card of the same VM (the bridged one). */
export function secondMacAddress(first: string): string {
  return first.replace(/^52:54:00:/, '52:54:01:');
}
