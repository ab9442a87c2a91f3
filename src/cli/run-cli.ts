import { wrapLines } from '../core/view/wrap-lines.ts';
import type { CommandEntry } from './command-spec.ts';
import type { Compose, HideTyping, SignalSource } from './compose-types.ts';
import { createContext } from './create-context.ts';
import { errorDocument, exitCodeOf } from './error-document.ts';
import { errorText } from './error-text.ts';
import { splitAtDashes } from './find-command.ts';
import { createOutput } from './output.ts';
import { parseArgv } from './parse-argv.ts';
import { createProgress, progressMode } from './progress.ts';
import { describeTerminal, type Streams, type Terminal } from './terminal.ts';

export interface CliRequest {
  readonly commands: readonly CommandEntry[];
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly streams: Streams;
  readonly signals: SignalSource;
  readonly compose: Compose;
  readonly hideTyping: HideTyping;
}

/** One command line, from words to exit code. Never throws: what goes wrong is printed and becomes the code. */
export async function runCli(request: CliRequest): Promise<number> {
  const { env, streams, signals } = request;
  const argv = opensScreen(request) ? ['top', ...request.argv] : request.argv;
  if (argv[0] === 'complete' && argv[1] === '--') {
    const { answerCompletion } = await import('./completion/answer.ts');
    streams.stdout.write(await answerCompletion({ ...request, words: argv.slice(2) }));
    return 0;
  }
  const { own, guest } = splitAtDashes(argv);
  const typed = (...names: readonly string[]): boolean => names.some((name) => own.includes(name));
  // Known before parsing, because a line that cannot be parsed has to be answered in the form that was asked for.
  const flags = { json: typed('--json'), quiet: typed('--quiet', '-q'), verbose: typed('--verbose', '-v') };
  const terminal = describeTerminal(streams, env, !typed('--no-color'));
  const output = createOutput(terminal, flags);
  const progress = createProgress(progressMode(terminal, flags, env), terminal, {
    verbose: flags.verbose,
    now: () => Date.now(),
    hideTyping: request.hideTyping,
  });
  let guestExitCode = false;
  try {
    const writeOut = (text: string): void => {
      streams.stdout.write(terminal.stdoutIsTty ? wrapLines(text, terminal.columns) : text);
    };
    const parsed = await parseArgv(request.commands, argv, { writeOut, writeErr: () => {} }, (spec) => {
      guestExitCode = spec.guestExitCode === true && (spec.guestCommand === 'required' || guest !== undefined);
    });
    if (parsed.kind === 'printed') return 0;
    const context = createContext({ ...request, ...parsed, terminal, output, progress });
    const code = await parsed.command.spec.run(context);
    await progress.end();
    beginLineAfterSignal(terminal, signals);
    return signals.exitCode() ?? code ?? 0;
  } catch (error) {
    await progress.end();
    const received = signals.received();
    beginLineAfterSignal(terminal, signals);
    if (flags.json) streams.stderr.write(`${JSON.stringify(errorDocument(error))}\n`);
    else if (received === undefined || flags.verbose) writeError(errorText(error, terminal, flags.verbose), terminal);
    else streams.stderr.write(`interrupted (${received})\n`);
    return exitCodeOf(error, { guestExitCode, interrupted: signals.exitCode() });
  }
}

/** Nothing was asked for, and there is a person at a terminal that can be drawn on. */
function opensScreen({ argv, streams, env }: CliRequest): boolean {
  const { stdin, stdout } = streams;
  const onTerminal = stdin.isTTY === true && stdout.isTTY === true && (env['TERM'] ?? 'dumb') !== 'dumb';
  return onTerminal && saysOnlyWhere(argv);
}

/** Where and how, and not what is to be done. */
function saysOnlyWhere([word, ...rest]: readonly string[]): boolean {
  if (word === undefined) return true;
  if (word === '--workspace') return rest.length > 0 && saysOnlyWhere(rest.slice(1));
  return (/^--workspace=./.test(word) || word === '--offline' || word === '--no-color') && saysOnlyWhere(rest);
}

/** `^C`, or a prompt of the guest, stands where the cursor is. */
function beginLineAfterSignal({ streams, stdinIsTty, stderrIsTty }: Terminal, signals: SignalSource): void {
  if (signals.received() !== undefined && stdinIsTty && stderrIsTty) streams.stderr.write('\n');
}

function writeError(text: string, { streams, stderrIsTty, columns }: Terminal): void {
  streams.stderr.write(stderrIsTty ? wrapLines(text, columns) : text);
}
