import { describe, expect, it } from 'vitest';
import { createMarkerWatch, quietMs } from '../../../src/core/measure/marker-watch.ts';
import { markerTables } from '../../../src/core/measure/markers/all-tables.ts';
import { compileTable } from '../../../src/core/measure/markers/compile-table.ts';
import { linuxMarkers } from '../../../src/core/measure/markers/linux.ts';
import type { MarkerTable } from '../../../src/core/measure/markers/marker-table.ts';
import { minixMarkers } from '../../../src/core/measure/markers/minix.ts';
import { isAnchored, patternProblem } from '../../../src/core/measure/markers/safe-pattern.ts';
import { sisMarkers } from '../../../src/core/measure/markers/sis.ts';
import { uBootMarkers } from '../../../src/core/measure/markers/u-boot.ts';
import { withFirmwareFailures } from '../../../src/core/measure/markers/with-firmware-failures.ts';

function markersIn(table: MarkerTable, text: string) {
  const watch = createMarkerWatch(table);
  watch.feed(text, 5);
  watch.settle(5 + quietMs);
  return watch;
}
const namesIn = (table: MarkerTable, text: string): string[] => markersIn(table, text).markers.map(({ name }) => name);

describe('a marker', () => {
  it('has the time of the chunk in which the last byte that it needs came; the first line wins [M-11]', () => {
    const watch = createMarkerWatch(linuxMarkers);
    watch.feed('[    0.000', 100);
    watch.feed('000] Linux version 6.1', 200);
    watch.feed('.0-37-cloud-amd64\r\n[    0.000000] Command line: x\r\n', 300);
    watch.feed('\r\ndemo log', 900);
    watch.feed('in: ', 1000);
    expect(watch.booted).toBeUndefined();
    watch.settle(1000 + quietMs);
    expect(watch.markers.map(({ name, atMs }) => [name, atMs])).toEqual([
      ['kernel', 200],
      ['login_prompt', 1000],
    ]);
    expect(watch.booted?.atMs).toBe(1000);
  });

  it('that is a prompt is not believed of a line that goes on', () => {
    const watch = createMarkerWatch(minixMarkers);
    watch.feed('#', 10);
    watch.feed(' a comment that a script prints\n', 20);
    watch.settle(1000);
    expect(watch.markers).toEqual([]);
  });

  it('is no word in the middle of another message, and no single character [M-11]', () => {
    for (const line of ['costs 5 $ or 10 %', 'a > b', 'MINIX? No.', 'the login: shell', 'echo sis>'])
      for (const table of markerTables) expect(namesIn(table, `${line}\n`), `${table.name}: ${line}`).toEqual([]);
  });

  it('comes after no failure: a guest that panicked has not booted', () => {
    const watch = markersIn(
      linuxMarkers,
      '[    3.1] Kernel panic - not syncing: VFS: Unable to mount root fs\r\ndemo login: ',
    );
    expect(watch.failure?.message).toBe('the kernel of the guest panicked: VFS: Unable to mount root fs');
    expect(watch.booted).toBeUndefined();
  });
});

describe('the tables', () => {
  it.each(markerTables.map((table) => [table.name, table] as const))('%s is anchored, safe and whole', (_, table) => {
    for (const { name, pattern } of table.markers) {
      expect(patternProblem(pattern), name).toBeUndefined();
      expect(isAnchored(pattern), name).toBe(true);
    }
    const names = table.markers.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining([...table.end, ...(table.proof ?? [])]));
    expect(compileTable(withFirmwareFailures(table)).failures.length).toBeGreaterThan(table.failure.length);
  });

  it('linux knows the stages of a boot [M-11]', () => {
    const log = [
      'SeaBIOS (version 1.16.2-debian-1.16.2-1)',
      'Welcome to GRUB!',
      '[    0.000000] Linux version 6.1.0-37-cloud-amd64 (debian-kernel@lists.debian.org)',
      '[    1.234567] Run /init as init process',
      '[    3.100000] systemd[1]: systemd 252.36-1~deb12u1 running in system mode (+PAM)',
      '[  OK  ] Reached target local-fs.target - Local File Systems.',
      '[  OK  ] Reached target System Initialization.',
      '[  OK  ] Reached target basic.target - Basic System.',
      '[   12.500000] systemd[1]: Reached target network-online.target - Network is Online.',
      '[  OK  ] Reached target multi-user.target - Multi-User System.',
      '',
    ].join('\r\n');
    expect(namesIn(linuxMarkers, `${log}\r\ndemo login: `)).toEqual(linuxMarkers.markers.map(({ name }) => name));
  });

  it('minix knows what the kernel prints, verbose or not [M-11]', () => {
    const verbose = `MINIX booting
cstart
intr_init(0)
main()
initializing asyncm... done
system_init()... done

MINIX 3.4.0. (d5e4fc0)
Copyright 2016, Vrije Universiteit, Amsterdam, The Netherlands
MINIX is open source software, see http://www.minix3.org
cycles_accounting_init()... done

Minix/i386 (minix) (tty00)

login: `;
    const expected = ['kernel_starts', 'kmain_phase', 'cstart_phase', 'process_init', 'system_init'];
    expect(namesIn(minixMarkers, verbose)).toEqual([...expected, 'scheduler_ready', 'shell_prompt']);
    const quiet = 'MINIX 3.3.0. (588a35b)\nMINIX is open source software, see http://www.minix3.org\nminix# ';
    expect(namesIn(minixMarkers, quiet)).toEqual(['kernel_starts', 'scheduler_ready', 'shell_prompt']);
    expect(markersIn(minixMarkers, 'kernel on CPU 0: panic: no root\n').failure?.message).toBe(
      'MINIX panicked: no root',
    );
  });

  it('sis knows both spellings of its nine steps', () => {
    const plain =
      'KERNEL(U)\nSTACK OK\nMMU: SCTLR=0x1\nMMU ON\nUART: READY\nGIC: INIT\nVECTORS OK\nLAUNCHING SHELL\nsis> ';
    const tagged =
      '[KERNEL] KERNEL(U)\n[STACK] OK.\n[MMU] SCTLR\n[MMU] ON.\n[UART] READY\n[GIC] INIT OK\n[VECTORS] OK\nLAUNCHING SHELL\nsis> ';
    const all = sisMarkers.markers.map(({ name }) => name);
    expect(namesIn(sisMarkers, plain)).toEqual(all);
    expect(namesIn(sisMarkers, tagged)).toEqual(all);
  });

  it('u-boot takes its prompt for the end and a reset for a failure', () => {
    expect(markersIn(uBootMarkers, 'U-Boot 2023.01 (x)\r\n=> ').booted?.name).toBe('prompt');
    expect(markersIn(uBootMarkers, 'resetting ...\r\n=> ').booted).toBeUndefined();
  });
});
