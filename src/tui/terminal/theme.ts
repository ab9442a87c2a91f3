import type { ThemeName } from '../../core/view/theme-names.ts';

/**
 * Colours by what they mean. Only the sixteen that every terminal has and a person has chosen for it; on a light ground
 * the bright ones and yellow cannot be read, so those differ. Every meaning also has a word or a sign.
 */
export interface Look {
  readonly color?: string;
  readonly dimColor?: boolean;
  readonly bold?: boolean;
  readonly inverse?: boolean;
}

export type Meaning = 'accent' | 'good' | 'busy' | 'bad' | 'warning' | 'quiet' | 'title' | 'cursor';
export type Theme = { readonly [meaning in Meaning]: Look };

const dark: Theme = {
  accent: { color: 'cyan' },
  good: { color: 'green' },
  busy: { color: 'yellow' },
  bad: { color: 'redBright' },
  warning: { color: 'yellow' },
  quiet: { dimColor: true },
  title: { bold: true },
  cursor: { inverse: true },
};

const light: Theme = {
  ...dark,
  accent: { color: 'blue' },
  busy: { color: 'magenta' },
  bad: { color: 'red' },
  warning: { color: 'magenta' },
};

/** Bold and inverse are no colours: NO_COLOR leaves them, and the cursor has to be seen. */
const none: Theme = {
  accent: {},
  good: {},
  busy: {},
  bad: { bold: true },
  warning: {},
  quiet: {},
  title: { bold: true },
  cursor: { inverse: true },
};

export const themes: Readonly<Record<ThemeName, Theme>> = { dark, light, none };

/** `asked` wins; else NO_COLOR and what the terminal tells of its ground (`COLORFGBG=15;0`). */
export function chooseTheme(
  asked: ThemeName | undefined,
  color: boolean,
  env: Readonly<Record<string, string | undefined>>,
): ThemeName {
  if (!color) return 'none';
  if (asked !== undefined) return asked;
  const ground = Number(env['COLORFGBG']?.split(';').at(-1) ?? Number.NaN);
  return ground === 7 || (ground >= 9 && ground <= 15) ? 'light' : 'dark';
}
