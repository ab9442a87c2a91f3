import type { SettingCommand } from '../core/config/field.ts';
import type { DocumentName } from '../core/wire/documents.ts';
import type { CommandContext } from './command-context.ts';

/** What the shell offers for a value; `vm`, `image` and `template` are asked for at completion time. */
export type CompletionKind = 'vm' | 'image' | 'template' | 'file' | 'directory' | 'none' | readonly string[];

export interface OptionSpec {
  /** As commander writes it: `-n, --lines <count>`; without `<…>` it is a switch. */
  readonly flags: string;
  readonly description: string;
  /** May be given several times. */
  readonly repeat?: true;
  readonly choices?: readonly string[];
  readonly complete?: CompletionKind;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly complete: CompletionKind;
}

interface ExampleSpec {
  readonly command: string;
  readonly what: string;
}

export const commandGroups = {
  host: 'Host and images',
  life: 'Life of a VM',
  warm: 'Warm start',
  use: 'Using a guest',
  measure: 'Measuring',
  look: 'Looking',
  tidy: 'Tidying up',
  about: 'About sysmonvm',
} as const;

export interface CommandSpec {
  /** Words, separated by one space: `vm-port add`. */
  readonly name: string;
  readonly group: keyof typeof commandGroups;
  readonly summary: string;
  readonly description?: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  /** The command takes the options that the field table has for this one. */
  readonly settings?: SettingCommand;
  /** What stands after `--` is a command for the guest. */
  readonly guestCommand?: 'optional' | 'required';
  /** Ends with the exit code of the guest's command; 255 for every failure of ours. */
  readonly guestExitCode?: true;
  /** At least two. */
  readonly examples: readonly [ExampleSpec, ExampleSpec, ...ExampleSpec[]];
  /** Exit codes beside the table of kinds. */
  readonly exitCodes?: Readonly<Record<number, string>>;
  /** Name of the schema of its JSON document in core/wire. */
  readonly document: Exclude<DocumentName, 'error'>;
  /** NDJSON: one record of that schema a line. */
  readonly stream?: true;
  readonly run: (context: CommandContext) => Promise<number | undefined>;
}

/** What the start path knows of a command before it is loaded. */
export interface CommandEntry {
  readonly name: string;
  /** Names that users of other tools expect; not shown in help. */
  readonly aliases?: readonly string[];
  readonly load: () => Promise<CommandSpec>;
}

export const vmArgument: ArgumentSpec = {
  name: 'name',
  description: 'name of the VM (default: `vm_name` of the configuration)',
  required: false,
  complete: 'vm',
};

export const globalOptions: readonly OptionSpec[] = [
  { flags: '--json', description: 'print one JSON document on standard output' },
  { flags: '--workspace <path>', description: 'workspace to use instead of the one found', complete: 'directory' },
  { flags: '--offline', description: 'open no connection to another host (also SYSMONVM_OFFLINE=1)' },
  { flags: '-y, --yes', description: 'answer yes to every question' },
  { flags: '-v, --verbose', description: 'tell more: console lines, readiness answers, stacks of errors' },
  { flags: '-q, --quiet', description: 'no progress and no notes' },
  { flags: '--no-color', description: 'no colour (also NO_COLOR and TERM=dumb)' },
];
