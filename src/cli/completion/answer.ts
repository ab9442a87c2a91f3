import { ShellCompDirective } from '@bomb.sh/tab';
import { optionsOf } from '../build-program.ts';
import type { CommandEntry } from '../command-spec.ts';
import type { Compose } from '../compose-types.ts';
import { findCommand } from '../find-command.ts';
import { type CompletableCommand, completionTree, type LiveValues } from './tree.ts';

export interface CompletionRequest {
  readonly commands: readonly CommandEntry[];
  /** Words typed so far; the last one is being typed. */
  readonly words: readonly string[];
  readonly compose: Compose;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

const nothing: LiveValues = { vm: [], image: [], template: [] };

/** Completion must never fail: where nothing can be known, nothing is offered. */
async function liveValues(request: CompletionRequest, asked: ReadonlySet<string>): Promise<LiveValues> {
  if (!asked.has('vm') && !asked.has('image') && !asked.has('template')) return nothing;
  const at = request.words.indexOf('--workspace');
  const workspace = at < 0 ? undefined : request.words[at + 1];
  try {
    const composition = await request.compose({
      env: request.env,
      cwd: request.cwd,
      ...(workspace === undefined ? {} : { workspace }),
    });
    const vm = asked.has('vm') ? (await composition.engine.list()).map((snapshot) => snapshot.name) : [];
    const image = asked.has('image') ? (await composition.imageChoices()).map((choice) => choice.id) : [];
    const templates = asked.has('template') ? await composition.engine.templates.list() : [];
    return { vm, image: [...new Set(image)], template: templates.map(({ template }) => template.name) };
  } catch {
    return nothing;
  }
}

/** `list` completes as `vm-list` does, and one dash offers what two do. */
function writtenOut(commands: readonly CommandEntry[], words: readonly string[]): readonly string[] {
  const typed = words.slice(0, -1);
  const found = findCommand(commands, typed);
  const last = words.at(-1) ?? '';
  return [...(found?.argv ?? typed), last === '-' ? '--' : last];
}

/** What the shell's script expects: one `value<TAB>description` a line, then `:directive`. */
export async function answerCompletion(request: CompletionRequest): Promise<string> {
  if (request.words.slice(0, -1).includes('--')) return `:${ShellCompDirective.ShellCompDirectiveDefault}\n`;
  const words = writtenOut(request.commands, request.words);
  const specs = await Promise.all(request.commands.map((entry) => entry.load()));
  const commands = await Promise.all(
    specs.map(async (spec): Promise<CompletableCommand> => ({ spec, options: await optionsOf(spec) })),
  );
  const parse = (live: LiveValues): { readonly text: string; readonly asked: ReadonlySet<string> } => {
    const tree = completionTree(commands, live);
    let text = '';
    // Takes the place of the method that prints; it also lets the shell complete files where a file is wanted.
    Object.assign(tree.root, {
      complete: (typed: string) => {
        text = answerText(tree.root.completions, typed, tree.asked);
      },
    });
    tree.root.parse([...words]);
    return { text, asked: tree.asked };
  };
  const first = parse(nothing);
  const live = await liveValues(request, first.asked);
  return live === nothing ? first.text : parse(live).text;
}

function answerText(
  completions: readonly { readonly value: string; readonly description?: string }[],
  typed: string,
  asked: ReadonlySet<string>,
): string {
  const assigned = typed.indexOf('=');
  const wanted = typed.slice(assigned + 1);
  const lines = new Map<string, string>();
  // A group is offered once for each of its commands; its own description comes first.
  for (const { value, description } of completions) {
    if (value.startsWith(wanted) && !lines.has(value)) lines.set(value, `${value}\t${description ?? ''}\n`);
  }
  const { ShellCompDirectiveDefault, ShellCompDirectiveFilterDirs, ShellCompDirectiveNoFileComp } = ShellCompDirective;
  if (asked.has('directory') && lines.size === 0) return `:${ShellCompDirectiveFilterDirs}\n`;
  const directive = asked.has('file') ? ShellCompDirectiveDefault : ShellCompDirectiveNoFileComp;
  return `${[...lines.values()].join('')}:${directive}\n`;
}
