import { describe, expect, it } from 'vitest';
import { wrapLines } from '../../../src/core/view/wrap-lines.ts';

describe('lines that are too long for the terminal', () => {
  it('are broken between words, below the column they belong to', () => {
    expect(wrapLines('ok       the memory is enough for a VM\n', 30)).toBe(
      'ok       the memory is enough\n         for a VM\n',
    );
    expect(wrapLines('  a warning that goes on and on', 20)).toBe('  a warning that\n  goes on and on');
  });
  it('stay as they are when they fit or hold one long word', () => {
    expect(wrapLines('name  one\n\nstate  ready\n', 12)).toBe('name  one\n\nstate  ready\n');
    expect(wrapLines('path  /a/very/long/path/of/a/file', 20)).toBe('path  /a/very/long/path/of/a/file');
  });
  it('are measured without their colours', () => {
    expect(wrapLines('\u001b[31merror\u001b[0m a b', 9)).toBe('\u001b[31merror\u001b[0m a b');
  });
});
