import { CommanderError } from 'commander';
import { fail } from '../core/errors/sysmonvm-error.ts';
import { didYouMean } from '../core/ids/near-matches.ts';
import { buildProgram, type ParsedCommand, type ProgramStreams } from './build-program.ts';
import type { CommandEntry, CommandSpec } from './command-spec.ts';
import { findCommand, splitAtDashes } from './find-command.ts';
import { rootHelp } from './help-text.ts';
import { ownVersion } from './own-version.ts';

export type Parsed =
  | { readonly kind: 'command'; readonly command: ParsedCommand; readonly guestCommand: readonly string[] }
  /** Help or the version was printed. */
  | { readonly kind: 'printed' };

function understood(error: unknown, entry: CommandEntry | undefined): 'printed' {
  if (!(error instanceof CommanderError)) throw error;
  if (error.exitCode === 0) return 'printed';
  const name = entry === undefined ? '' : ` ${entry.name}`;
  const message = error.message.replace(/^error: /, '').replace(/\n+/g, ' ');
  const dashes = error.code === 'commander.excessArguments' ? ' A command for the guest stands after `--`.' : '';
  fail('usage.invalid-argument', `sysmonvm${name}: ${message}.${dashes}`.replace(/([.?)])\.( |$)/, '$1$2'), {
    next: [`sysmonvm${name} --help`],
    cause: error,
  });
}

/** `help vm-start` is `vm-start --help`. */
function helpWordAsOption(argv: readonly string[]): readonly string[] {
  const at = argv.findIndex((word) => !word.startsWith('-'));
  return argv[at] === 'help' ? [...argv.slice(0, at), ...argv.slice(at + 1), '--help'] : argv;
}

function refuseUnknown(entries: readonly CommandEntry[], typed: string | undefined): void {
  if (typed === undefined) return;
  const names = entries.flatMap((entry) => [entry.name, ...(entry.aliases ?? [])]);
  fail('usage.invalid-argument', `There is no command "${typed}".${didYouMean(typed, names)}`, {
    next: ['sysmonvm --help'],
  });
}

/** Commands whose names begin with the words typed: with all of the first two, else with the first. */
function groupOf(
  entries: readonly CommandEntry[],
  words: readonly string[],
): { readonly group: readonly CommandEntry[]; readonly depth: number } {
  for (const depth of [2, 1]) {
    const beginning = words.slice(0, depth);
    const group = entries.filter((entry) => entry.name.startsWith(`${beginning.join(' ')} `));
    if (beginning.length === depth && group.length > 0) return { group, depth };
  }
  return { group: [], depth: 0 };
}

/** Argument vector → one command with its values. Loads that command only; all of them for help. */
export async function parseArgv(
  entries: readonly CommandEntry[],
  argv: readonly string[],
  streams: ProgramStreams,
  loaded: (spec: CommandSpec) => void,
): Promise<Parsed> {
  const { own: typed, guest } = splitAtDashes(argv);
  const own = helpWordAsOption(typed);
  const found = findCommand(entries, own);
  const words = own.filter((word) => !word.startsWith('-'));
  const { group, depth } = groupOf(entries, words);
  if (found === undefined && (group.length === 0 || words.length > depth)) {
    refuseUnknown(entries, words.length === 0 ? undefined : words.slice(0, depth + 1).join(' '));
  }
  if (found === undefined && own.some((word) => word === '--version' || word === '-V')) {
    streams.writeOut(`${ownVersion()}\n`);
    return { kind: 'printed' };
  }
  const needed = found === undefined ? (group.length > 0 ? group : entries) : [found.entry];
  const specs = await Promise.all(needed.map((entry) => entry.load()));
  if (found !== undefined && specs[0] !== undefined) loaded(specs[0]);
  let result: ParsedCommand | undefined;
  const program = await buildProgram(specs, streams, (command) => {
    result = command;
  });
  try {
    await program.parseAsync([...(found?.argv ?? own)], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.code === 'commander.help') {
      streams.writeOut(rootHelp(specs));
      return { kind: 'printed' };
    }
    understood(error, found?.entry);
    return { kind: 'printed' };
  }
  if (result === undefined) return { kind: 'printed' };
  if (result.spec.guestCommand === undefined && guest !== undefined) {
    fail('usage.invalid-argument', `sysmonvm ${result.spec.name} takes nothing after \`--\`.`, {
      next: [`sysmonvm ${result.spec.name} --help`],
    });
  }
  if (result.spec.guestCommand === 'required' && (guest ?? []).length === 0) {
    fail('usage.invalid-argument', `sysmonvm ${result.spec.name} needs a command for the guest after \`--\`.`, {
      next: [`sysmonvm ${result.spec.name} --help`],
    });
  }
  return { kind: 'command', command: result, guestCommand: guest ?? [] };
}
