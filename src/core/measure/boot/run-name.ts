import { fail } from '../../errors/sysmonvm-error.ts';

const allowed = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** `<label>-<YYYYMMDDTHHMMSSZ>` or the time alone; sorts by time where the label is the same. */
export function runIdOf(at: number, label?: string): string {
  const time = `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return label === undefined ? time : `${requireName('--label', label)}-${time}`;
}

/** A part of a path, given by a person: never a way out of the directory. */
export function requireName(what: string, text: string): string {
  if (allowed.test(text)) return text;
  fail('usage.invalid-argument', `${what} "${text}" cannot be the name of a directory`, {
    details: { value: text },
    next: [`Use letters, digits, dots, dashes and underscores, at most 64: ${what} nightly`],
  });
}
