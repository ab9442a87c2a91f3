/** Signs of two sets; every pair has the same width, so that nothing else depends on the choice. */
export interface Glyphs {
  readonly states: { readonly [name in StateSign]: string };
  readonly cursor: string;
  readonly selected: string;
  readonly bar: string;
  readonly barEmpty: string;
  readonly rule: string;
  readonly more: string;
  readonly ascending: string;
  readonly descending: string;
  readonly separator: string;
  /** From the least to the most. */
  readonly spark: string;
  readonly spinner: readonly string[];
}

export type StateSign = 'ready' | 'busy' | 'off' | 'failed' | 'held' | 'warning';

export const unicodeGlyphs: Glyphs = {
  states: { ready: '●', busy: '◐', off: '○', failed: '✗', held: '‖', warning: '!' },
  cursor: '▸',
  selected: '✓',
  bar: '█',
  barEmpty: '░',
  rule: '─',
  more: '…',
  ascending: '▲',
  descending: '▼',
  separator: '·',
  spark: '▁▂▃▄▅▆▇█',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

export const asciiGlyphs: Glyphs = {
  states: { ready: '*', busy: '~', off: 'o', failed: 'x', held: '=', warning: '!' },
  cursor: '>',
  selected: '+',
  bar: '#',
  barEmpty: '.',
  rule: '-',
  more: '~',
  ascending: '^',
  descending: 'v',
  separator: '-',
  spark: '_.-:=+*#',
  spinner: ['|', '/', '-', '\\'],
};

/** What the locale and the terminal say: the Linux console has few signs, a locale without UTF-8 none of these. */
export function canUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  const term = env['TERM'] ?? '';
  if (term === 'linux' || term === 'dumb' || term === '') return false;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return /utf-?8/i.test(locale);
}
