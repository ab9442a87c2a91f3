import { expect, it } from 'vitest';
import { mediaIn } from '../support/measured-media.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { smallGuests } from '../support/unpacked-media.ts';

it('a PC with UEFI firmware is measured by what the firmware says [M-44]', async () => {
  const media = await mediaIn(await temporaryDirectory());
  const table = { markers: [{ name: 'firmware', pattern: '^(?:BdsDxe: |UEFI Interactive Shell)' }], end: 'firmware' };
  const seen = await media.boot({
    arch: 'x86_64',
    medium: { iso: smallGuests().grubIso },
    machine: { firmware: 'uefi', reproducible: true },
    markers: media.file('uefi.json', JSON.stringify(table)),
  });
  expect(seen).toMatchObject({
    outcome: 'completed',
    machine: { firmware: expect.stringContaining('.fd'), machineType: expect.stringMatching(/^pc-q35-\d/) },
  });
});
