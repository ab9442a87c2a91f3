import type { Key } from 'ink';
import { describe, expect, it } from 'vitest';
import { pressedKeys } from '../../../src/tui/keys/key-name.ts';

const none = { ctrl: false, meta: false, shift: false, tab: false } as Key;
const names = (input: string, key: Partial<Key> = {}) => pressedKeys(input, { ...none, ...key }).map((one) => one.key);

describe('keys', () => {
  it('have the names that the table uses', () => {
    expect(names('', { upArrow: true })).toEqual(['up']);
    expect(names('c', { ctrl: true })).toEqual(['ctrl+c']);
    expect(names('', { tab: true, shift: true })).toEqual(['shift+tab']);
    expect(names(' ')).toEqual(['space']);
    expect(names('G', { shift: true })).toEqual(['G']);
    expect(names('', { escape: true, meta: true })).toEqual(['esc']);
  });

  it('typed faster than they are read arrive together, and each counts, those with Ctrl too', () => {
    expect(names('2\u001a')).toEqual(['2', 'ctrl+z']);
    expect(names('a b\r')).toEqual(['a', 'space', 'b', 'enter']);
    expect(names('x\u007f\t')).toEqual(['x', 'backspace', 'tab']);
    expect(pressedKeys('ü ', none).map((one) => one.typed)).toEqual(['ü', ' ']);
  });
});
