import { describe, expect, it } from 'vitest';
import { markOfLine, panicOfLine, plainConsoleText, splitConsole } from '../../../src/core/vm/console-marks.ts';

const esc = String.fromCharCode(27);

describe('console marks', () => {
  it.each([
    ['UEFI firmware (version 2022.11-6+deb12u2 built at 20:04:08 on Jan  6 2025)', 'firmware'],
    ['BdsDxe: loading Boot0001 "UEFI Misc Device" from PciRoot(0x0)/Pci(0x2,0x0)', 'firmware'],
    ['EFI stub: Booting Linux Kernel...', 'bootloader'],
    ['[    0.000000] Linux version 6.1.0-37-cloud-amd64 (debian-kernel@lists.debian.org)', 'kernel'],
    ['[    2.955724] Run /init as init process', 'initrd'],
    ['[    3.100000] systemd[1]: systemd 252.36-1~deb12u1 running in system mode', 'init'],
    ['Welcome to Debian GNU/Linux 12 (bookworm)!', 'init'],
    ['demo login: ', 'login-prompt'],
  ])('%s → %s', (line, mark) => expect(markOfLine(line)).toBe(mark));

  it.each(['user says: demo login: now', 'echo BdsDxe', 'a $ sign', '[   12.5] eth0: link up'])(
    '%s is no mark',
    (line) => {
      expect(markOfLine(line)).toBeUndefined();
    },
  );

  it('finds the reason of a kernel panic', () => {
    expect(panicOfLine('[   12.3] Kernel panic - not syncing: sysrq triggered crash')).toBe('sysrq triggered crash');
    expect(panicOfLine('no panic here')).toBeUndefined();
  });

  it('takes out escape sequences, carriage returns and control characters', () => {
    expect(plainConsoleText(`${esc}[2J${esc}[01;01H${esc}[=3hBdsDxe: x\r`)).toBe('BdsDxe: x');
    expect(plainConsoleText(`${esc}]0;title${String.fromCharCode(7)}a\tb`)).toBe('a\tb');
  });

  it('keeps an unfinished line, bounded', () => {
    expect(splitConsole('de', 'mo login: ')).toEqual({ lines: [], rest: 'demo login: ' });
    expect(splitConsole('a', 'b\r\nc')).toEqual({ lines: ['ab'], rest: 'c' });
    expect(splitConsole('', 'x'.repeat(100_000)).rest.length).toBe(4096);
  });
});
