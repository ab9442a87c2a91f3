import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { busyboxApplets } from '../../../src/host/images/local/busybox-applets.ts';
import { characterDevice, cpioArchive, executable, symlink } from '../../../src/host/images/local/cpio-archive.ts';
import { moduleClosure } from '../../../src/host/images/local/kernel-modules.ts';
import { unifiedKernelImage } from '../../../src/host/images/local/unified-kernel-image.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

describe('cpio archive', () => {
  it('writes root-owned members, devices and links in newc form', () => {
    const archive = cpioArchive([
      executable('init', Buffer.from('#!/bin/sh\n')),
      characterDevice('dev/console', 5, 1),
      symlink('bin/sh', 'busybox'),
    ]);
    const text = archive.toString('latin1');
    expect(archive.length % 512).toBe(0);
    expect(text.match(/070701/g)).toHaveLength(4);
    // inode, mode, uid, gid, links, mtime, size
    expect(text.slice(6, 62)).toBe(
      '00000001' + '000081ed' + '00000000' + '00000000' + '00000001' + '00000000' + '0000000a',
    );
    const device = text.indexOf('dev/console') - 110;
    expect(text.slice(device + 6 + 8, device + 6 + 16)).toBe('00002180');
    expect(text.slice(device + 6 + 72, device + 6 + 88)).toBe('0000000500000001');
    expect(text).toContain('TRAILER!!!');
  });
});

/** The smallest PE that has what the writer reads: one section, room for more headers. */
const stub = (sizeOfHeaders = 0x400): Buffer => {
  const pe = Buffer.alloc(0x600);
  pe.writeUInt32LE(0x40, 0x3c);
  pe.write('PE\0\0', 0x40, 'latin1');
  pe.writeUInt16LE(1, 0x46);
  pe.writeUInt16LE(0xf0, 0x54);
  pe.writeUInt32LE(0x1000, 0x58 + 32);
  pe.writeUInt32LE(0x200, 0x58 + 36);
  pe.writeUInt32LE(sizeOfHeaders, 0x58 + 60);
  const section = 0x58 + 0xf0;
  pe.write('.text', section, 'latin1');
  pe.writeUInt32LE(0x1800, section + 8);
  pe.writeUInt32LE(0x1000, section + 12);
  return pe;
};

describe('unified kernel image', () => {
  const parts = {
    stub: stub(),
    kernel: Buffer.alloc(5000, 1),
    initrd: Buffer.alloc(300, 2),
    commandLine: 'quiet',
    osRelease: 'ID=x',
  };

  it('appends sections that neither overlap in memory nor in the file', () => {
    const image = unifiedKernelImage(parts);
    const count = image.readUInt16LE(0x46);
    const sections = Array.from({ length: count }, (_, index) => {
      const at = 0x58 + 0xf0 + index * 40;
      return {
        name: image.toString('latin1', at, at + 8).replace(/\0+$/, ''),
        size: image.readUInt32LE(at + 8),
        address: image.readUInt32LE(at + 12),
        rawSize: image.readUInt32LE(at + 16),
        offset: image.readUInt32LE(at + 20),
      };
    });
    expect(sections.map(({ name }) => name)).toEqual(['.text', '.osrel', '.cmdline', '.linux', '.initrd']);
    for (const [index, section] of sections.slice(1).entries()) {
      const before = sections[index];
      expect(section.address % 0x1000).toBe(0);
      expect(section.offset % 0x200).toBe(0);
      expect(section.address).toBeGreaterThanOrEqual((before?.address ?? 0) + (before?.size ?? 0));
    }
    const initrd = sections.at(-1);
    expect(image.subarray(initrd?.offset, (initrd?.offset ?? 0) + 300)).toEqual(parts.initrd);
    expect(image.readUInt32LE(0x58 + 56)).toBeGreaterThan(initrd?.address ?? 0);
  });

  it('refuses a stub without room for headers, and what is no PE', () => {
    expect(() => unifiedKernelImage({ ...parts, stub: stub(0x180) })).toThrow(/no room/);
    expect(() => unifiedKernelImage({ ...parts, stub: Buffer.alloc(256) })).toThrow(/not a PE/);
  });
});

describe('kernel modules', () => {
  it('orders a module after what it needs, once, and skips what is built in', async () => {
    const dir = await temporaryDirectory();
    await mkdir(join(dir, 'kernel/drivers'), { recursive: true });
    const write = (name: string, depends: string) =>
      writeFile(join(dir, `kernel/drivers/${name}.ko`), `ELF\0license=GPL\0depends=${depends}\0name=${name}\0`);
    await write('virtio-ring', '');
    await write('virtio', 'virtio_ring');
    await write('virtio_net', 'virtio,net_failover,virtio_ring');
    await write('net_failover', 'failover');
    await write('failover', '');
    const names = (await moduleClosure(dir, ['virtio_net', 'ext4', 'virtio'])).map(({ name }) => name);
    expect(names).toEqual(['virtio_ring', 'virtio', 'failover', 'net_failover', 'virtio_net']);
  });
});

describe('busybox applets', () => {
  it('reads the table of names', () => {
    expect(busyboxApplets(Buffer.from('junk\0[\0[[\0acpid\0busybox\0sh\0\0more\0', 'latin1'))).toEqual([
      '[',
      '[[',
      'acpid',
      'sh',
    ]);
    expect(() => busyboxApplets(Buffer.from('nothing'))).toThrow(/no table/);
  });
});
