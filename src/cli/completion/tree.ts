import { type Complete, RootCommand } from '@bomb.sh/tab';
import { type CommandSpec, type CompletionKind, globalOptions, type OptionSpec } from '../command-spec.ts';

/** Values for the kinds that are known only at completion time. */
export type LiveValues = Readonly<Record<'vm' | 'image' | 'template', readonly string[]>>;

export interface CompletionTree {
  readonly root: RootCommand;
  /** Kinds whose values the last parse asked for. */
  readonly asked: Set<string>;
}

type Offer = (this: unknown, complete: Complete) => void;

function offer(kind: CompletionKind, live: LiveValues, asked: Set<string>): Offer {
  return (complete) => {
    if (typeof kind !== 'string') {
      for (const value of kind) complete(value, '');
      return;
    }
    asked.add(kind);
    if (kind === 'vm' || kind === 'image' || kind === 'template') for (const value of live[kind]) complete(value, kind);
  };
}

function addOption(
  command: Pick<RootCommand, 'option'>,
  option: OptionSpec,
  live: LiveValues,
  asked: Set<string>,
): void {
  const long = /--([a-z-]+)/.exec(option.flags)?.[1] ?? '';
  const short = /^-(\w)\b/.exec(option.flags)?.[1];
  if (!option.flags.includes('<')) {
    if (short === undefined) command.option(long, option.description);
    else command.option(long, option.description, short);
    return;
  }
  command.option(long, option.description, offer(option.choices ?? option.complete ?? 'none', live, asked), short);
}

const everywhere: readonly OptionSpec[] = [...globalOptions, { flags: '-h, --help', description: 'show help' }];

/** A name of several words is found through its first ones. */
function groupsOf(name: string): readonly string[] {
  const words = name.split(' ');
  return words.slice(1).map((_word, index) => words.slice(0, index + 1).join(' '));
}

function wordsBehind(group: string, commands: readonly CompletableCommand[]): string {
  const words = commands
    .filter(({ spec }) => spec.name.startsWith(`${group} `))
    .map(({ spec }) => spec.name.slice(group.length + 1).split(' ')[0] ?? '');
  return [...new Set(words)].join(', ');
}

export interface CompletableCommand {
  readonly spec: CommandSpec;
  readonly options: readonly OptionSpec[];
}

export function completionTree(commands: readonly CompletableCommand[], live: LiveValues): CompletionTree {
  const root = new RootCommand();
  const asked = new Set<string>();
  for (const option of everywhere) addOption(root, option, live, asked);
  for (const { spec, options } of commands) {
    for (const group of groupsOf(spec.name)) {
      if (!root.commands.has(group)) root.command(group, wordsBehind(group, commands));
    }
    const command = root.command(spec.name, spec.summary);
    for (const argument of spec.arguments ?? []) command.argument(argument.name, offer(argument.complete, live, asked));
    for (const option of [...options, ...everywhere]) addOption(command, option, live, asked);
  }
  return { root, asked };
}
