import { PassThrough } from 'node:stream';
import type { CommandEntry } from '../../src/cli/command-spec.ts';
import type { Compose, Composition } from '../../src/cli/compose-types.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { allCommands } from '../../src/commands/all-commands.ts';
import type { ParsedConfigFile } from '../../src/core/config/parsed-config-file.ts';
import type { Engine } from '../../src/core/engine.ts';
import { fakeEngine } from './fake-engine.ts';

export interface CliOptions {
  readonly engine?: Partial<Engine>;
  readonly env?: Readonly<Record<string, string>>;
  readonly configFile?: ParsedConfigFile;
  readonly composition?: Partial<Composition>;
  readonly commands?: readonly CommandEntry[];
  readonly onCompose?: (request: Parameters<Compose>[0]) => void;
  readonly tty?: boolean;
  readonly input?: string;
  readonly signals?: { readonly controller: AbortController; readonly code: () => number | undefined };
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly rawModes: readonly boolean[];
  readonly json: () => Record<string, unknown>;
}

function sink(tty: boolean): {
  stream: PassThrough & { isTTY: boolean; columns: number; rows: number };
  text: () => string;
} {
  const parts: Buffer[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY: tty, columns: 100, rows: 30 });
  stream.on('data', (chunk: Buffer) => parts.push(chunk));
  return { stream, text: () => Buffer.concat(parts).toString('utf8') };
}

function strictComposition(options: CliOptions): Compose {
  const unexpected = (what: string) => () => {
    throw new Error(`unexpected call of composition.${what}`);
  };
  return async (request) => {
    options.onCompose?.(request);
    return {
      engine: fakeEngine(options.engine ?? {}),
      workspacePath: '/w',
      configPath: '/w/config.yaml',
      readConfigFile: async () => options.configFile,
      imageChoices: unexpected('imageChoices'),
      job: {
        stopJob: unexpected('job.stopJob'),
        whenStopAsked: unexpected('job.whenStopAsked'),
        whenContinued: unexpected('job.whenContinued'),
        atExit: unexpected('job.atExit'),
        holdNoise: unexpected('job.holdNoise'),
      },
      runAttached: unexpected('runAttached'),
      openSocket: unexpected('openSocket'),
      ...options.composition,
    };
  };
}

/** The command line in this process, with streams of its own and an engine that knows only what the test gives it. */
export async function cli(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const tty = options.tty ?? false;
  const [out, err] = [sink(tty), sink(tty)];
  const rawModes: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: tty,
    setRawMode: (mode: boolean) => {
      rawModes.push(mode);
    },
  });
  if (options.input !== undefined) stdin.write(options.input);
  const controller = options.signals?.controller ?? new AbortController();
  const code = await runCli({
    commands: options.commands ?? allCommands,
    argv,
    env: options.env ?? {},
    cwd: '/somewhere',
    streams: { stdin, stdout: out.stream, stderr: err.stream },
    signals: {
      signal: controller.signal,
      received: () => (controller.signal.aborted ? 'SIGINT' : undefined),
      exitCode: options.signals?.code ?? (() => undefined),
    },
    compose: strictComposition(options),
    hideTyping: async () => () => {},
  });
  await new Promise((resolve) => setImmediate(resolve));
  return {
    code,
    stdout: out.text(),
    stderr: err.text(),
    rawModes,
    json: () => JSON.parse(out.text()) as Record<string, unknown>,
  };
}
