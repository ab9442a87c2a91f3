import { randomBytes } from 'node:crypto';
import type { Deadline } from '../../core/deadline.ts';
import { fail, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { GuestCommand, GuestCommandControl, GuestExit, GuestStreams } from '../../core/ports/guest-shell.ts';
import { commandDeadlineError } from '../../core/ssh/command-deadline.ts';
import { guestCommandLine } from '../../core/ssh/guest-command-line.ts';
import { bareSignalName, exitCodeOfSignal, isSignalName } from '../../core/ssh/signal-numbers.ts';
import { endOutcomeWords } from '../../core/ssh/signal-script.ts';
import { type StartMark, type StartMarkFilter, startMarkFilter } from '../../core/ssh/start-mark.ts';
import { type Connection, type ExecChannel, openExec } from './connection.ts';
import { type DeadlineWatch, orAborted, secondsSince, watchDeadline } from './deadline-watch.ts';
import { feed, pump } from './pump.ts';
import { signalCommand } from './signal-command.ts';

/** Between TERM and KILL. */
const graceMs = 2000;
/** What a command that was ended may still have to say, and how long a mark may be on its way. */
const settleMs = 1500;

interface Running {
  readonly connection: Connection;
  readonly command: GuestCommand;
  readonly opened: ExecChannel;
  readonly started: Promise<StartMark>;
  readonly finished: Promise<GuestExit>;
  /** Lets go of the streams of the caller. */
  detach(): void;
}

/**
 * Runs a command with streams. When the deadline passes or is aborted, or when a stream of ours breaks, the command
 * and all it started get TERM and after two seconds KILL; then the promise rejects with guest.command-deadline, the
 * abort reason, or the stream's error.
 */
export async function runCommand(
  connection: Connection,
  command: GuestCommand,
  streams: GuestStreams,
  deadline: Deadline,
): Promise<GuestExit> {
  const token = randomBytes(8).toString('hex');
  const line = guestCommandLine(command, token, connection.target.user);
  const watch = watchDeadline(deadline);
  const broken = new AbortController();
  try {
    const opening = openExec(
      connection,
      line,
      command.pty && { rows: command.pty.rows, cols: command.pty.columns, term: command.pty.term },
    );
    const opened = await orAborted(opening, watch.signal).catch((error: unknown) => {
      opening.then((late) => late.channel.close()).catch(() => {});
      throw watch.signal.aborted ? stoppedError(watch, command, 'was not started yet') : notOpened(connection, error);
    });
    return await attend(connection, command, streams, opened, token, watch, broken);
  } finally {
    watch.dispose();
  }
}

async function attend(
  connection: Connection,
  command: GuestCommand,
  streams: GuestStreams,
  opened: ExecChannel,
  token: string,
  watch: DeadlineWatch,
  broken: AbortController,
): Promise<GuestExit> {
  let onMark = (_mark: StartMark): void => {};
  const started = new Promise<StartMark>((resolve) => {
    onMark = resolve;
  });
  const filter = startMarkFilter(token, (mark) => {
    onMark(mark);
    streams.onStarted?.(controlOf(running, mark));
  });
  const breakWith = (error: Error): void => broken.abort(error);
  const { channel } = opened;
  const closed = exitOf(connection, opened.closed);
  // With a terminal there is one stream, and the mark is in it.
  const out = pump(channel, streams.stdout, command.pty === undefined ? undefined : filter);
  const err = pump(channel.stderr, streams.stderr, command.pty === undefined ? filter : undefined);
  out.done.catch(breakWith);
  err.done.catch(breakWith);
  const unfeed = feed(streams.stdin, channel, breakWith);
  const finished = Promise.all([closed, out.done, err.done]).then(([exit]) => exit);
  const detach = (): void => {
    unfeed();
    out.detach();
    err.detach();
  };
  const running: Running = { connection, command, opened, started, finished, detach };

  const stop = AbortSignal.any([watch.signal, broken.signal]);
  try {
    const exit = await orAborted(finished, stop);
    if (filter.mark === undefined) notStarted(connection, command, filter, exit);
    return exit;
  } catch (error) {
    if (!stop.aborted) throw error;
    const how = connection.isOpen() ? await endCommand(running) : 'cannot be reached any more';
    if (watch.signal.aborted) throw stoppedError(watch, command, how);
    throw broken.signal.reason;
  } finally {
    detach();
  }
}

/** TERM, then KILL; returns what became of the command, for the message. */
async function endCommand(running: Running): Promise<string> {
  const { connection, command } = running;
  const { channel } = running.opened;
  const mark = await soon(running.started);
  let how = 'had not started yet; its channel was closed';
  if (mark !== undefined) {
    const { outcome, text } = await signalCommand(connection, {
      mark,
      signal: 'TERM',
      mode: 'end',
      graceMs,
      asUser: command.asUser,
    });
    how = endOutcomeWords(outcome, text);
  } else if (channel.writable) {
    channel.signal('TERM');
  }
  // The last words of the command, as far as the sinks take them; then the rest is thrown away.
  await soon(running.finished.catch(() => undefined));
  running.detach();
  const ended = await soon(running.opened.closed.then(() => true));
  if (ended === undefined) {
    // ssh2 goes on adjusting the window of a channel that it closed, and dropbear drops the connection for that.
    channel.pause();
    channel.stderr.pause();
    channel.close();
  }
  return how;
}

function controlOf(running: Running, mark: StartMark): GuestCommandControl {
  return {
    signal: async (name) => {
      if (!isSignalName(name)) fail('usage.invalid-argument', `"${name}" is not the name of a signal.`);
      const request = {
        mark,
        signal: bareSignalName(name),
        mode: 'once',
        graceMs: 0,
        asUser: running.command.asUser,
      } as const;
      await signalCommand(running.connection, request);
    },
    resize: (columns, rows) => running.opened.channel.setWindow(rows, columns, 0, 0),
  };
}

async function exitOf(connection: Connection, closed: ExecChannel['closed']): Promise<GuestExit> {
  const exit = await closed;
  if (exit === undefined || (exit.code === null && exit.signal === undefined)) {
    if (!connection.isOpen()) throw connection.lost();
    const { host, port } = connection.target;
    throw new SysmonvmError(
      'ssh.connection-lost',
      `The SSH server at ${host}:${port} ended the command without telling how it ended.`,
      {
        details: { host, port },
      },
    );
  }
  if (exit.code !== null) return { exitCode: exit.code };
  const signal = exit.signal ?? '';
  return { exitCode: exitCodeOfSignal(signal), signal };
}

function notOpened(connection: Connection, error: unknown): SysmonvmError {
  if (error instanceof SysmonvmError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const { host, port } = connection.target;
  return new SysmonvmError(
    'guest.command-not-started',
    `The guest at ${host}:${port} refused to start a command: ${reason}`,
    {
      details: { host, port },
      cause: error,
    },
  );
}

function notStarted(connection: Connection, command: GuestCommand, filter: StartMarkFilter, exit: GuestExit): never {
  const { host, port, user } = connection.target;
  const who = command.asUser === undefined ? `user "${user}"` : `user "${command.asUser}" through sudo`;
  const words = filter.preamble().trim();
  fail(
    'guest.command-not-started',
    `The guest at ${host}:${port} did not start the command for ${who}${words === '' ? '' : `: ${words}`}`,
    { details: { host, port, user, asUser: command.asUser, exitCode: exit.exitCode } },
  );
}

function stoppedError(watch: DeadlineWatch, command: GuestCommand, how: string): unknown {
  if (!watch.passed()) return watch.signal.reason;
  return commandDeadlineError(command, secondsSince(watch.startedAt), how);
}

/** undefined when it takes longer; no timer is left to keep the process alive. */
function soon<T>(promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, settleMs, undefined);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
