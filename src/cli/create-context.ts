import { uniqueToken } from '../core/ids/unique-token.ts';
import { attachTerminal } from './attach-terminal.ts';
import type { ParsedCommand } from './build-program.ts';
import type { CommandContext } from './command-context.ts';
import type { Compose, Composition, SignalSource } from './compose-types.ts';
import { confirm } from './confirm.ts';
import { readFlags } from './flags.ts';
import type { Output } from './output.ts';
import type { ProgressDisplay } from './progress.ts';
import type { Terminal } from './terminal.ts';

export interface ContextParts {
  readonly command: ParsedCommand;
  readonly guestCommand: readonly string[];
  readonly terminal: Terminal;
  readonly output: Output;
  readonly progress: ProgressDisplay;
  readonly signals: SignalSource;
  readonly compose: Compose;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export function createContext(parts: ContextParts): CommandContext {
  const { command, terminal, output, progress, signals, env } = parts;
  const flags = readFlags(command.values);
  let composed: Promise<Composition> | undefined;
  const composition = (): Promise<Composition> => {
    const workspace = flags.text('workspace');
    composed ??= parts.compose({
      ...(workspace === undefined ? {} : { workspace }),
      offline: flags.on('offline'),
      env,
      cwd: parts.cwd,
    });
    return composed;
  };
  const config: CommandContext['config'] = async (givenName, changes = {}) => {
    const [{ resolveConfig }, host] = await Promise.all([import('../core/config/resolve-config.ts'), composition()]);
    const file = await host.readConfigFile();
    const name = givenName ?? command.argument('name');
    return resolveConfig({ file, env, flags: { ...command.values, ...changes }, name });
  };
  return {
    flags,
    argument: command.argument,
    vmName: async () => command.argument('name') ?? (await config()).name.value,
    guestCommand: parts.guestCommand,
    engine: async () => (await composition()).engine,
    composition,
    config,
    call: {
      requestId: uniqueToken(),
      signal: signals.signal,
      report: progress.report,
    },
    output,
    terminal,
    env,
    endProgress: progress.end,
    confirm: async (question) => {
      await progress.continueAsLines();
      return confirm(question, { yes: flags.on('yes'), json: output.json, terminal, signal: signals.signal });
    },
    attach: async (socket) => {
      await progress.end();
      return attachTerminal(socket, terminal, signals.signal);
    },
  };
}
