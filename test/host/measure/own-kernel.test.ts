import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ProcessIdentity } from '../../../src/core/ports/process-runner.ts';
import { bootSector, pause } from '../../support/boot-sector.ts';
import { mediaIn } from '../../support/measured-media.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

// The firmware writes to the same port on its timer's ticks until it has said all.
const words = `${pause}\r\nOWN booting\r\nMETRIC boot_time_ns=1234567 cells=12.5\r\n${pause}OWN ready\r\nown> `;
const table = `name: own
markers:
  - { name: starts, pattern: ^OWN booting }
  - { name: ready, pattern: ^OWN ready$ }
  - { name: prompt, pattern: '^own> $' }
end: prompt
failure:
  - { pattern: '^OWN broken (.*)$', what: our kernel broke }
`;
/** Firmware does not take one sector for a disk. */
const diskOf = (text: string): Uint8Array => Buffer.concat([bootSector(text), Buffer.alloc(1024 * 1024)]);

describe('a kernel of 512 bytes', () => {
  it.each(['i386', 'x86_64'])(
    'is measured on %s up to its prompt, with its metrics [M-11] [M-39] [M-41]',
    async (arch) => {
      const media = await mediaIn(await temporaryDirectory());
      const disk = media.file('own.img', diskOf(words));
      const processes: ProcessIdentity[] = [];
      const seen = await media.boot({
        arch,
        medium: { disk },
        markers: media.file('own.yaml', table),
        onProcess: (found) => processes.push(found),
      });
      expect(seen).toMatchObject({ outcome: 'completed', machine: { arch, network: 'none' } });
      expect(seen).not.toHaveProperty('failure');
      expect(seen.markers.map(({ name }) => name)).toEqual(['starts', 'ready', 'prompt']);
      const [starts, ready, prompt] = seen.markers.map(({ atMs }) => atMs);
      // Between the two the kernel waits, so their times were taken when they came and not when they were read.
      expect((ready ?? 0) - (starts ?? 0)).toBeGreaterThan(200);
      expect(seen.bootedAtMs).toBe(prompt);
      expect(seen.metrics).toMatchObject([
        { name: 'boot_time_ns', value: 1234567, raw: '1234567', unit: 'ns', ms: 1.234567 },
        { name: 'cells', value: 12.5 },
      ]);
      expect(processes).toHaveLength(1);
      expect(readFileSync(seen.paths.debugLog, 'utf8')).toContain('"-nic" "none"');
      const log = readFileSync(seen.paths.bootLog, 'latin1');
      const lines = readFileSync(seen.paths.times, 'utf8').trimEnd().split('\n').slice(1);
      expect(lines).toHaveLength(log.split('\n').length);
      const [number, , offset] = lines.at(-1)?.split(',').map(Number) ?? [];
      expect(log.slice(offset)).toBe('own> ');
      expect(number).toBe(lines.length);
      // The disk of the person who measures is as it was.
      expect(readFileSync(disk).equals(diskOf(words))).toBe(true);
    },
  );

  it('that says it failed is a failed boot, with its own reason and no time [E.3-1]', async () => {
    const media = await mediaIn(await temporaryDirectory());
    const disk = media.file('own.img', diskOf(`${pause}\r\nOWN booting\r\nOWN broken by a bad cell\r\nown> `));
    const seen = await media.boot({ arch: 'i386', medium: { disk }, markers: media.file('own.yaml', table) });
    expect(seen).toMatchObject({
      outcome: 'failed',
      failure: { code: 'media.boot-failed', message: 'our kernel broke: by a bad cell' },
    });
    expect(seen).not.toHaveProperty('bootedAtMs');
    expect(seen.failure?.consoleTail.join('\n')).toContain('OWN broken by a bad cell');
  });

  it('that says nothing more is a timeout and never a number [E.3-1]', async () => {
    const media = await mediaIn(await temporaryDirectory());
    const disk = media.file('own.img', diskOf(`${pause}\r\nOWN booting\r\n`));
    const markers = media.file('own.yaml', table);
    const seen = await media.boot({ arch: 'i386', medium: { disk }, markers, timeoutMs: 6_000 });
    expect(seen).toMatchObject({
      outcome: 'timeout',
      failure: { code: 'media.boot-timeout', message: 'no end marker within 6 s; the last marker was starts' },
    });
    expect(seen).not.toHaveProperty('bootedAtMs');
  });
});

describe('a machine that cannot run', () => {
  it('fails in the words of QEMU [M-04]', async () => {
    const media = await mediaIn(await temporaryDirectory());
    const disk = media.file('own.img', diskOf(words));
    const machine = { machine: 'pc', cpuModel: 'no-such-cpu' };
    const seen = await media.boot({ arch: 'i386', medium: { disk }, machine, markers: 'minix' });
    expect(seen).toMatchObject({ outcome: 'failed', markers: [], failure: { code: 'media.boot-failed' } });
    expect(seen.failure?.message).toMatch(/QEMU ended \(exit code 1\).*no-such-cpu/);
  });

  it('with nothing bootable in it fails as soon as its firmware says so', async () => {
    const media = await mediaIn(await temporaryDirectory());
    const disk = media.file('empty.img', Buffer.alloc(1024 * 1024));
    const seen = await media.boot({ arch: 'i386', medium: { disk }, markers: 'linux' });
    expect(seen).toMatchObject({
      outcome: 'failed',
      failure: { message: 'the firmware found nothing to boot' },
    });
  });
});
