import { Writable } from 'node:stream';
import { fail } from '../core/errors/sysmonvm-error.ts';
import type { GuestCommand, GuestCommandControl, GuestExit, GuestStreams } from '../core/ports/guest-shell.ts';
import type { CommandContext } from './command-context.ts';
import type { OptionSpec } from './command-spec.ts';
import { invalidFlag } from './flags.ts';
import { followSize } from './follow-size.ts';
import { enterRawMode } from './raw-mode.ts';

export const guestCommandOptions: readonly OptionSpec[] = [
  { flags: '-t, --tty', description: 'give the command a terminal' },
  { flags: '-e, --env <name=value>', description: 'variable for the command; NAME alone copies ours', repeat: true },
  { flags: '-w, --workdir <path>', description: 'folder of the guest to run in' },
  { flags: '--timeout <duration>', description: 'end the command after this time' },
];

function readEnv(context: CommandContext): Readonly<Record<string, string>> {
  const pairs = context.flags.list('env').map((text): readonly [string, string] => {
    const [name = '', ...rest] = text.split('=');
    if (!/^[A-Za-z_]\w*$/.test(name)) invalidFlag('env', text, 'NAME=VALUE, or NAME to copy ours');
    if (rest.length > 0) return [name, rest.join('=')];
    return [
      name,
      context.env[name] ?? fail('usage.invalid-argument', `--env ${name}: there is no such variable here.`),
    ];
  });
  return Object.fromEntries(pairs);
}

/** What stands after `--`, with the options that shape it. */
export function readGuestCommand(context: CommandContext, asUser?: string): GuestCommand {
  const { flags, terminal } = context;
  const env = readEnv(context);
  const workdir = flags.text('workdir');
  if (flags.on('tty') && !terminal.stdinIsTty) {
    fail('usage.terminal-needed', '--tty needs a terminal, and standard input is none.', {
      next: ['Leave --tty away.'],
    });
  }
  const pty = { columns: terminal.columns, rows: terminal.rows, term: terminal.term };
  return {
    command: context.guestCommand,
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(workdir === undefined ? {} : { workdir }),
    ...(asUser === undefined ? {} : { asUser }),
    ...(flags.on('tty') ? { pty } : {}),
  };
}

const collectedLimit = 8 * 1024 * 1024;

/** Keeps the first 8 MiB for a JSON document and tells whether there was more. */
function collect(): {
  readonly stream: Writable;
  readonly text: () => string;
  readonly truncated: () => boolean;
} {
  const parts: Buffer[] = [];
  let size = 0;
  let total = 0;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      const kept = chunk.subarray(0, Math.max(0, collectedLimit - size));
      size += kept.length;
      parts.push(kept);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(parts).toString('utf8'), truncated: () => total > size };
}

/** Ends the progress display before the guest's first byte, then passes everything through with back pressure. */
function passing(target: NodeJS.WritableStream, endProgress: () => Promise<void>): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      endProgress().then(() => (target.write(chunk) ? done() : target.once('drain', () => done())), done);
    },
  });
}

/** Runs the command with our streams, or collects its output for `--json`; ends with the guest's exit code. */
export async function runWithStreams(
  context: CommandContext,
  work: (streams: GuestStreams) => Promise<GuestExit>,
): Promise<number> {
  const { stdin, stdout, stderr } = context.terminal.streams;
  if (context.output.json) {
    const [out, err] = [collect(), collect()];
    const exit = await work({ stdin, stdout: out.stream, stderr: err.stream });
    const truncated = out.truncated() || err.truncated();
    context.output.document({ ...exit, stdout: out.text(), stderr: err.text(), truncated }, () => '');
    return exit.exitCode;
  }
  const session = guestSession(context);
  try {
    const { endProgress } = session;
    const exit = await work({
      stdin,
      stdout: passing(stdout, endProgress),
      stderr: passing(stderr, endProgress),
      onStarted: session.onStarted,
    });
    return exit.exitCode;
  } finally {
    session.leave();
  }
}

/**
 * Until the command runs in the guest the terminal is ours: progress is drawn and Ctrl-C interrupts. From then on it
 * is the guest's; with --tty every key and each change of size goes there.
 */
function guestSession(context: CommandContext): {
  readonly onStarted: (control: GuestCommandControl) => void;
  readonly endProgress: () => Promise<void>;
  readonly leave: () => void;
} {
  const { terminal, flags } = context;
  const release: (() => void)[] = [];
  let cleared: Promise<void> | undefined;
  let left = false;
  const endProgress = (): Promise<void> => {
    cleared ??= context.endProgress();
    return cleared;
  };
  const handOver = async (control: GuestCommandControl): Promise<void> => {
    await endProgress();
    if (left || !flags.on('tty')) return;
    release.push(enterRawMode(terminal), followSize(terminal, control));
  };
  return {
    endProgress,
    onStarted: (control) => {
      // A display that cannot be ended fails in whoever waits for it.
      handOver(control).catch(() => {});
    },
    leave: () => {
      left = true;
      for (const step of release) step();
    },
  };
}
