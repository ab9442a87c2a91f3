import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { FirmwareFacts } from '../../core/host-facts.ts';
import type { MediumArch } from '../../core/measure/boot-medium.ts';

/** @throws host.firmware-missing when the machine needs UEFI and the host has none */
export function chooseFirmware(
  arch: MediumArch,
  wanted: 'bios' | 'uefi' | 'none',
  found: FirmwareFacts | undefined,
): FirmwareFacts | undefined {
  if (wanted !== 'uefi') return undefined;
  if (found !== undefined) return found;
  return fail('host.firmware-missing', `No UEFI firmware for ${arch} guests was found. Nothing was started.`, {
    details: { arch },
    next: ['sysmonvm host-setup'],
  });
}
