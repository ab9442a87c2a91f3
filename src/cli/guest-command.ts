import { Writable } from 'node:stream';
import { fail } from '../core/errors/sysmonvm-error.ts';
import { type ExecWay, execWays } from '../core/exec-way.ts';
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
  {
    flags: '--via <way>',
    description: 'how the guest is told: SSH (default), its QEMU agent, or whichever can do it',
    choices: execWays,
  },
];

/** For the description of a command that has `--via`. */
export const viaText =
  'With --via agent the command goes through the QEMU guest agent, which under emulation answers many times faster than SSH: the same user, arguments, exit code and streams, but neither a terminal nor a login session (no session of systemd, no ~/.bashrc, the cgroup of the agent), and at most 16 MiB of standard input, read to its end first. --via auto takes the agent unless a terminal or an endless standard input is asked for, and SSH when the agent is silent or blocked.';

/** `--via`, as the engine takes it. */
export function readVia(context: CommandContext): { readonly via?: ExecWay } {
  const via = execWays.find((way) => way === context.flags.text('via'));
  if (via === 'agent' && context.flags.on('tty')) {
    fail('usage.invalid-argument', 'The guest agent gives no terminal: --tty goes with --via ssh.', {
      next: ['Leave --tty or --via away.'],
    });
  }
  return via === undefined ? {} : { via };
}

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
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      endProgress().then(() => (target.write(chunk) ? done() : target.once('drain', () => done())), done);
    },
  });
  // Whoever read our output has gone: the command in the guest is ended instead of waiting for ever.
  target.once('error', (error) => stream.destroy(error));
  return stream;
}

/** As a shell reports a program that wrote to a pipe without reader. */
const brokenPipeExitCode = 141;

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
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
  } catch (error) {
    if (isBrokenPipe(error)) return brokenPipeExitCode;
    throw error;
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
