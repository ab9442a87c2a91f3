import { connect, type Socket } from 'node:net';
import { type Deadline, remainingMs } from '../../core/deadline.ts';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { AgentSession, GuestAgents } from '../../core/ports/guest-agent.ts';
import { lineReader } from './line-reader.ts';

/**
 * The QEMU guest agent over the socket of its port: one JSON document a line, answers in the order of the questions,
 * no greeting. What an earlier client left in the pipe (half a question of its own, an answer that it did not wait
 * for) is got rid of by `guest-sync-delimited`: the byte 0xFF resets the agent's parser, and its answer begins with
 * one, so everything before that is not for us.
 *
 * QEMU serves one client at a time. A second one is connected, but nobody reads what it says until the first has gone:
 * whoever holds a session for long keeps others waiting, and whoever waits cannot tell a busy agent from none.
 */
interface Pending {
  readonly command: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface AgentAnswer {
  readonly return?: unknown;
  readonly error?: { readonly class: string; readonly desc: string };
}

const answerMs = 30_000;
const retryMs = 20;
/**
 * How long an attempt waits; after one that nobody answered, twice as long. An agent that is started anew takes a question
 * that it had read down with it, and nobody will ever answer that.
 */
const firstAttemptMs = 3000;
/** An attempt that the deadline left less than this says nothing new: the one before it is told. */
const fairMs = 1000;
const delimiter = 0xff;

export function createGuestAgents(clock: Clock): GuestAgents {
  return {
    connect: async (socketPath, deadline) => {
      let told: { readonly outcome: string; readonly error: unknown } | undefined;
      let limitMs = firstAttemptMs;
      for (;;) {
        const began = clock.now();
        const allowedMs = Math.min(remainingMs(deadline, clock), limitMs);
        try {
          return await open(socketPath, deadline, allowedMs);
        } catch (error) {
          deadline.signal.throwIfAborted();
          const outcome = error instanceof Error ? error.message : String(error);
          deadline.attempts.push({ at: clock.now(), what: 'guest agent', outcome });
          if (allowedMs >= fairMs || told === undefined) told = { outcome, error };
          if (remainingMs(deadline, clock) === 0) throw silent(told.outcome, socketPath, told.error);
          if (clock.now() - began >= limitMs) limitMs *= 2;
          await clock.sleep(retryMs, deadline.signal);
        }
      }
    },
  };
}

async function open(socketPath: string, deadline: Deadline, allowedMs: number): Promise<AgentSession> {
  const socket = connect(socketPath);
  const pending: Pending[] = [];
  let ended: Error | undefined;
  const end = (reason: Error): void => {
    ended ??= reason;
    for (const { reject } of pending.splice(0)) reject(ended);
    socket.destroy();
  };
  const onAbort = (): void => end(deadline.signal.reason);
  deadline.signal.addEventListener('abort', onAbort, { once: true });
  socket.once('error', (error) => end(silent(error.message, socketPath, error)));
  socket.once('close', () => {
    deadline.signal.removeEventListener('abort', onAbort);
    end(silent('QEMU closed its socket', socketPath));
  });

  const ask = (command: string, args: unknown, timeoutMs: number, prefix = ''): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended) return reject(ended);
      const timer = setTimeout(
        () => end(silent(`no answer to ${command} within ${(timeoutMs / 1000).toFixed(1)} s`, socketPath)),
        timeoutMs,
      );
      const settled =
        <V>(settle: (value: V) => void) =>
        (value: V): void => {
          clearTimeout(timer);
          settle(value);
        };
      pending.push({ command, resolve: settled(resolve), reject: settled(reject) });
      const text = JSON.stringify({ execute: command, ...(args === undefined ? {} : { arguments: args }) });
      socket.write(Buffer.from(`${prefix}${text}\n`, prefix === '' ? 'utf8' : 'latin1'));
    });

  const id = Math.floor(Math.random() * 2 ** 31);
  readAnswers(socket, id, (answer) => {
    const asked = pending.shift();
    if (!asked) return;
    if (answer.error === undefined) asked.resolve(answer.return);
    else asked.reject(refused(asked.command, answer.error));
  });

  try {
    if (deadline.signal.aborted) throw deadline.signal.reason;
    await ask('guest-sync-delimited', { id }, Math.min(allowedMs, 2 ** 31 - 1), String.fromCharCode(delimiter));
  } catch (error) {
    end(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
  return {
    execute: async <T>(command: string, args?: unknown, options?: { readonly timeoutMs?: number }) =>
      (await ask(command, args, options?.timeoutMs ?? answerMs)) as T,
    close: () => end(new Error('The session with the guest agent was closed.')),
  };
}

/** Nothing counts before the answer to our own synchronisation. */
function readAnswers(socket: Socket, id: number, onAnswer: (answer: AgentAnswer) => void): void {
  let synchronised = false;
  const lines = lineReader((bytes) => {
    const answer = parse(synchronised ? bytes : bytes.subarray(bytes.lastIndexOf(delimiter) + 1));
    if (!synchronised) synchronised = answer?.return === id;
    if (synchronised && answer) onAnswer(answer);
  });
  socket.on('data', lines);
}

function parse(line: Buffer): AgentAnswer | undefined {
  try {
    return JSON.parse(line.toString()) as AgentAnswer;
  } catch {
    return undefined;
  }
}

function silent(reason: string, socketPath: string, cause?: unknown): SysmonvmError {
  if (cause instanceof SysmonvmError && cause.code === 'agent.silent') return cause;
  return new SysmonvmError('agent.silent', `The guest agent does not answer: ${reason}.`, {
    details: { socketPath, reason },
    next: ['Use `--via ssh`.'],
    cause,
  });
}

/** A disabled command is said to be not found by older agents, and `CommandNotFound` with other words by newer ones. */
function refused(command: string, error: { readonly class: string; readonly desc: string }): SysmonvmError {
  const blocked = error.class === 'CommandNotFound' || /has been disabled|not allowed/i.test(error.desc);
  return new SysmonvmError('agent.refused', `The guest agent refused ${command}: ${error.desc}.`, {
    details: { command, blocked, reason: error.desc },
    next: ['Use `--via ssh`.'],
  });
}
