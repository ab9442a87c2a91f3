import { fail } from '../errors/sysmonvm-error.ts';

const plainWord = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** One word for a POSIX shell. Single quotes protect everything except the single quote itself. */
export function quoteForShell(word: string): string {
  if (word.includes('\0')) {
    fail('usage.invalid-argument', 'A command for the guest holds a NUL character, which no program can receive.', {
      next: ['Pass binary data through standard input or `sysmonvm copy`.'],
    });
  }
  return plainWord.test(word) && !word.startsWith('=') ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function quoteWords(words: readonly string[]): string {
  return words.map(quoteForShell).join(' ');
}
