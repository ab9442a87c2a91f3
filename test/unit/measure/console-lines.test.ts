import { describe, expect, it } from 'vitest';
import { createConsoleLines, longestLine } from '../../../src/core/measure/console-lines.ts';

const esc = String.fromCharCode(27);

describe('console lines', () => {
  it('end with a line feed, whatever chunks they come in [E.3-4]', () => {
    const text = `${esc}[32msis>${esc}[0m help\r\nAvailable commands:\r\n  help\r\nsis> `;
    const whole = createConsoleLines();
    const expected = ['sis> help', 'Available commands:', '  help'];
    expect(whole.feed(text)).toEqual(expected);
    expect(whole.rest()).toBe('sis> ');
    const byByte = createConsoleLines();
    expect([...text].flatMap((byte) => byByte.feed(byte))).toEqual(expected);
    expect(byByte.rest()).toBe('sis> ');
  });

  it('are the rows of a screen that is drawn without line feeds', () => {
    const lines = createConsoleLines();
    const drawn = `${esc}[2J${esc}[02;24HGNU GRUB  version 2.06${esc}[05;02H|${esc}[05;79H|${esc}[11;03H Microsoft Wind${esc}[11;17H${esc}[11;18Hows${esc}[20;02HUse`;
    expect(lines.feed(drawn)).toEqual(['', 'GNU GRUB  version 2.06', '||', ' Microsoft Windows']);
    expect(lines.rest()).toBe('Use');
  });

  it('keep the beginning of what is too long, and no more', () => {
    const lines = createConsoleLines();
    for (let chunk = 0; chunk < 1000; chunk += 1) lines.feed('x'.repeat(1000));
    expect(lines.rest()).toHaveLength(longestLine);
    expect(lines.feed('tail\nnext')).toEqual(['x'.repeat(longestLine)]);
    expect(lines.rest()).toBe('next');
  });
});
