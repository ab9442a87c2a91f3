import type { Duplex } from 'node:stream';
import type { VmConfig } from '../core/config/vm-config.ts';
import type { Call, Engine } from '../core/engine.ts';
import type { Composition, FlagValues } from './compose-types.ts';
import type { Flags } from './flags.ts';
import type { Output } from './output.ts';
import type { Terminal } from './terminal.ts';

/** Everything a command may touch. */
export interface CommandContext {
  readonly flags: Flags;
  /** Value of a positional; undefined when it was left out. */
  readonly argument: (name: string) => string | undefined;
  /** Name given as positional, else the one of the configuration. */
  readonly vmName: () => Promise<string>;
  /** What stands after `--`. */
  readonly guestCommand: readonly string[];
  readonly engine: () => Promise<Engine>;
  readonly composition: () => Promise<Composition>;
  /**
   * Configuration with the field options of this command applied; `name` in place of the positional. `changes` are
   * laid over the options, by their camel-case names.
   */
  readonly config: (name?: string, changes?: FlagValues) => Promise<VmConfig>;
  readonly call: Call;
  readonly output: Output;
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes the progress display off the screen for good: the guest's own output or a screen follows. */
  readonly endProgress: () => Promise<void>;
  /** Asks on the terminal; true at once with --yes. @throws usage.terminal-needed */
  readonly confirm: (question: string) => Promise<boolean>;
  /** Joins the terminal and a socket byte by byte, in raw mode, until one of them ends or Ctrl-] is typed. */
  readonly attach: (socket: Duplex) => Promise<'detached' | 'closed'>;
}
