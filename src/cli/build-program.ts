import { Command, Option } from 'commander';
import type { OptionDeclaration } from '../core/config/option-declarations.ts';
import { type CommandSpec, globalOptions, type OptionSpec } from './command-spec.ts';
import type { FlagValues } from './compose-types.ts';
import { commandHelp, rootHelp } from './help-text.ts';

/** What commander understood. */
export interface ParsedCommand {
  readonly spec: CommandSpec;
  readonly values: FlagValues;
  readonly argument: (name: string) => string | undefined;
}

export interface ProgramStreams {
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
}

function declare(command: Command, option: OptionSpec): void {
  const made = new Option(option.flags, option.description);
  if (option.choices !== undefined) made.choices([...option.choices]);
  if (option.repeat)
    made.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
  command.addOption(made);
}

/** The options of a command: its own, which may say one of the field table in other words, and those of the table. */
export async function optionsOf(spec: CommandSpec): Promise<readonly OptionSpec[]> {
  if (spec.settings === undefined) return spec.options ?? [];
  const { optionDeclarations } = await import('../core/config/option-declarations.ts');
  const fromTable = optionDeclarations(spec.settings).map(
    (row: OptionDeclaration): OptionSpec => ({
      flags: row.flags,
      description: row.description.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase()),
      ...(row.repeatable ? { repeat: true } : {}),
      ...(row.choices === undefined ? {} : { choices: row.choices }),
      ...(row.completion === undefined ? {} : { complete: row.completion }),
    }),
  );
  const own = spec.options ?? [];
  const nameOf = ({ flags }: OptionSpec) => flags.replace(/ <.*/, '');
  const said = new Set(own.map(nameOf));
  return [...fromTable.filter((option) => !said.has(nameOf(option))), ...own];
}

/** `--no-x` declared alone makes commander default x to true; what was not typed must stay unknown. */
function typedValues(command: Command): Record<string, string | boolean | readonly string[]> {
  const values = command.opts() as Record<string, string | boolean | readonly string[]>;
  return Object.fromEntries(Object.entries(values).filter(([key]) => command.getOptionValueSource(key) !== 'default'));
}

async function addSpec(
  program: Command,
  spec: CommandSpec,
  streams: ProgramStreams,
  parsed: (command: ParsedCommand) => void,
): Promise<void> {
  const words = spec.name.split(' ');
  const leafName = words.at(-1) ?? '';
  let parent = program;
  for (const word of words.slice(0, -1)) {
    parent = parent.commands.find((existing) => existing.name() === word) ?? makeCommand(parent.command(word), streams);
  }
  const leaf = makeCommand(parent.command(leafName), streams).summary(spec.summary).description(spec.summary);
  for (const argument of spec.arguments ?? []) {
    leaf.argument(argument.required ? `<${argument.name}>` : `[${argument.name}]`, argument.description);
  }
  for (const option of [...(await optionsOf(spec)), ...globalOptions]) declare(leaf, option);
  leaf.helpInformation = () => commandHelp(spec, leaf);
  leaf.action(() => {
    const names = (spec.arguments ?? []).map((argument) => argument.name);
    const values = { ...typedValues(program), ...typedValues(leaf) };
    parsed({ spec, values, argument: (name) => leaf.args[names.indexOf(name)] });
  });
}

function makeCommand(command: Command, streams: ProgramStreams): Command {
  return command
    .exitOverride()
    .configureOutput({ writeOut: streams.writeOut, writeErr: () => {}, outputError: () => {} })
    .allowExcessArguments(false)
    .helpCommand(false);
}

/** A parser for the given commands only: the start path gives it one, help gives it all. */
export async function buildProgram(
  specs: readonly CommandSpec[],
  streams: ProgramStreams,
  parsed: (command: ParsedCommand) => void,
): Promise<Command> {
  const program = makeCommand(new Command('sysmonvm'), streams).enablePositionalOptions();
  for (const option of globalOptions) declare(program, option);
  program.option('-V, --version', 'print the version');
  program.helpInformation = () => rootHelp(specs);
  for (const spec of specs) await addSpec(program, spec, streams, parsed);
  return program;
}
