/**
 * Entropy, so that no boot waits for it, and a device by which a guest kernel can say that it panicked. QEMU only
 * reports the panic (GUEST_PANICKED): the machine stays as it is, so that its console can be read.
 */
export function guestSupportArguments(): string[] {
  return ['-device', 'virtio-rng-pci', '-device', 'pvpanic-pci', '-action', 'panic=none'];
}
