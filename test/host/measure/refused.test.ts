import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BootMediumRequest } from '../../../src/core/measure/boot-medium.ts';
import { bootSector } from '../../support/boot-sector.ts';
import { mediaIn } from '../../support/measured-media.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

type Asked = Partial<Omit<BootMediumRequest, 'medium'>> & { readonly medium: BootMediumRequest['medium'] };

const refusals: readonly { readonly what: string; readonly asked: Asked; readonly error: object }[] = [
  {
    what: 'an ISO that is not there',
    asked: { medium: { iso: 'no.iso' } },
    error: { code: 'media.unreadable', kind: 'usage', details: { reason: 'missing', flag: '--iso' } },
  },
  {
    what: 'an ISO that is none',
    asked: { medium: { iso: 'sector' } },
    error: { code: 'media.unreadable', kind: 'usage', details: { reason: 'not-iso9660' } },
  },
  {
    what: 'an empty kernel',
    asked: { medium: { kernel: 'empty' } },
    error: { code: 'media.unreadable', details: { reason: 'empty', flag: '--kernel' } },
  },
  {
    what: 'a folder in the place of a disk',
    asked: { medium: { disk: '.' } },
    error: { code: 'media.unreadable', details: { reason: 'directory' } },
  },
  {
    what: 'an architecture without machine',
    asked: { arch: 'mips', medium: { disk: 'sector' } },
    error: { code: 'media.arch-unsupported', kind: 'config' },
  },
  {
    what: 'nothing to boot',
    asked: { medium: {} },
    error: { code: 'media.parts-missing', kind: 'usage' },
  },
  {
    what: 'an ISO alone on ARM',
    asked: { arch: 'arm', medium: { iso: 'sector' } },
    error: { code: 'media.parts-missing', details: { missing: ['kernel', 'rootfs'] } },
  },
  {
    what: 'an ARM kernel without root file system',
    asked: { arch: 'arm', medium: { kernel: 'sector' } },
    error: {
      code: 'media.parts-missing',
      details: { missing: ['rootfs'] },
      message: expect.stringContaining('missing: a root file system (--rootfs FILE or --initrd FILE'),
    },
  },
  {
    what: 'UEFI on a 32-bit PC',
    asked: { medium: { disk: 'sector' }, machine: { firmware: 'uefi' } },
    error: { code: 'usage.invalid-argument' },
  },
  {
    what: 'a marker table that is not there',
    asked: { medium: { disk: 'sector' }, markers: 'nothing' },
    error: { code: 'usage.invalid-argument', details: { tables: expect.arrayContaining(['minix', 'linux', 'sis']) } },
  },
  {
    what: 'a marker table with a mistake',
    asked: { medium: { disk: 'sector' }, markers: 'sector' },
    error: { code: 'measure.markers-invalid' },
  },
  {
    what: 'a script that is not there',
    asked: { medium: { disk: 'sector' }, script: 'no.yaml' },
    error: { code: 'media.unreadable', details: { path: expect.stringContaining('no.yaml') } },
  },
  {
    what: 'an installation without answers',
    asked: { medium: { iso: 'sector' }, install: { disk: 'new.qcow2', sizeGib: 1 } },
    error: { code: 'usage.invalid-argument' },
  },
  {
    what: 'CPUs that the host has not',
    asked: { medium: { disk: 'sector' }, machine: { pinnedCpus: [4096] } },
    error: { code: 'usage.invalid-argument', message: expect.stringContaining('not 4096') },
  },
];

describe('before anything is started', () => {
  it.each(refusals)('$what is refused [M-04] [M-43]', async ({ asked, error }) => {
    const directory = await temporaryDirectory();
    const media = await mediaIn(directory);
    media.file('sector', bootSector('hello'));
    media.file('empty', '');
    const inDirectory = (name: string): string => join(directory, name);
    const medium = Object.fromEntries(Object.entries(asked.medium).map(([part, name]) => [part, inDirectory(name)]));
    const request = {
      arch: 'i386',
      markers: 'linux',
      ...asked,
      medium,
      ...(asked.markers === 'sector' ? { markers: inDirectory('sector') } : {}),
      ...(asked.script === undefined ? {} : { script: inDirectory(asked.script) }),
    };
    await expect(media.boot(request)).rejects.toMatchObject(error);
    expect(readdirSync(directory).filter((name) => name === 'out' || name.endsWith('.qcow2'))).toEqual([]);
  });
});
