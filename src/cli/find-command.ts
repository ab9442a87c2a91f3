import type { CommandEntry } from './command-spec.ts';

const optionsWithValue = new Set(['--workspace']);

/** Argument vector cut at the first `--`: ours before it, the guest's after it. */
export function splitAtDashes(argv: readonly string[]): {
  readonly own: readonly string[];
  readonly guest?: readonly string[];
} {
  const at = argv.indexOf('--');
  return at < 0 ? { own: argv } : { own: argv.slice(0, at), guest: argv.slice(at + 1) };
}

/** Words of the vector that are not options of ours nor their values, with their places. */
function wordsOf(argv: readonly string[]): readonly { readonly word: string; readonly index: number }[] {
  return argv.flatMap((word, index) =>
    word.startsWith('-') || optionsWithValue.has(argv[index - 1] ?? '') ? [] : [{ word, index }],
  );
}

export interface FoundCommand {
  readonly entry: CommandEntry;
  /** The vector with an alias written out. */
  readonly argv: readonly string[];
}

/** The command whose name is longest among those that the first words spell. */
export function findCommand(entries: readonly CommandEntry[], argv: readonly string[]): FoundCommand | undefined {
  const words = wordsOf(argv);
  for (const count of [3, 2, 1]) {
    const chosen = words.slice(0, count);
    if (chosen.length < count) continue;
    const typed = chosen.map(({ word }) => word).join(' ');
    const entry = entries.find(({ name, aliases }) => name === typed || (aliases ?? []).includes(typed));
    if (entry === undefined) continue;
    const places = new Set(chosen.map(({ index }) => index));
    const first = chosen[0]?.index ?? 0;
    const rest = argv.filter((_, index) => !places.has(index));
    return { entry, argv: [...rest.slice(0, first), ...entry.name.split(' '), ...rest.slice(first)] };
  }
  return undefined;
}
