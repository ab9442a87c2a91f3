import { fail } from '../core/errors/sysmonvm-error.ts';
import { parseDuration } from '../core/units/duration.ts';
import type { FlagValues } from './compose-types.ts';

/** Typed reading of what was typed; a value that cannot be used is a usage error that names the flag. */
export interface Flags {
  readonly values: FlagValues;
  on(key: string): boolean;
  text(key: string): string | undefined;
  list(key: string): readonly string[];
  integer(key: string, range: { readonly min: number; readonly max?: number }): number | undefined;
  durationMs(key: string): number | undefined;
}

export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export function invalidFlag(key: string, value: string, accepted: string): never {
  return fail('usage.invalid-argument', `${flagName(key)} is "${value}"; accepted is ${accepted}.`, {
    details: { flag: flagName(key), value },
  });
}

function parseInteger(key: string, text: string, range: { readonly min: number; readonly max?: number }): number {
  const value = Number(text);
  const max = range.max ?? Number.MAX_SAFE_INTEGER;
  if (!/^\d+$/.test(text) || value < range.min || value > max) {
    const upTo = range.max === undefined ? '' : ` to ${range.max}`;
    invalidFlag(key, text, `a whole number from ${range.min}${upTo}`);
  }
  return value;
}

export function readFlags(values: FlagValues): Flags {
  const text = (key: string): string | undefined => {
    const value = values[key];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    values,
    on: (key) => values[key] === true,
    text,
    list: (key) => {
      const value = values[key];
      if (value === undefined || typeof value === 'boolean') return [];
      return typeof value === 'string' ? [value] : value;
    },
    integer: (key, range) => {
      const value = text(key);
      return value === undefined ? undefined : parseInteger(key, value, range);
    },
    durationMs: (key) => {
      const value = text(key);
      if (value === undefined) return undefined;
      return parseDuration(value) ?? invalidFlag(key, value, 'a duration such as 90s, 5m, 2h or 1d');
    },
  };
}
