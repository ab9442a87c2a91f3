import { connect, type Socket } from 'node:net';
import { type Deadline, remainingMs } from '../../core/deadline.ts';
import { fail, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { QmpSession } from '../../core/ports/vm-launcher.ts';

/**
 * QEMU Machine Protocol over a unix socket: one JSON document a line; greeting, capabilities, then commands with an
 * id. QEMU serves one client at a time, so sessions are short: connect, ask, close.
 */
interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly command: string;
}

const commandTimeoutMs = 10_000;

export async function connectQmp(path: string, deadline: Deadline, clock: Clock): Promise<QmpSession> {
  for (;;) {
    try {
      return await open(path, Math.min(3_000, remainingMs(deadline, clock)), deadline.signal);
    } catch (error) {
      deadline.signal.throwIfAborted();
      deadline.attempts.push({
        at: clock.now(),
        what: 'QMP',
        outcome: error instanceof Error ? error.message : String(error),
      });
      if (remainingMs(deadline, clock) === 0) {
        fail(
          'host.qemu-failed',
          `QEMU does not answer on its control socket: ${deadline.attempts.at(-1)?.outcome ?? 'no try'}`,
          {
            cause: error,
          },
        );
      }
      await clock.sleep(10, deadline.signal);
    }
  }
}

async function open(path: string, timeoutMs: number, signal: AbortSignal): Promise<QmpSession> {
  const socket = connect(path);
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let greeted: () => void = () => undefined;
  const greeting = new Promise<void>((resolve) => {
    greeted = resolve;
  });
  const ended = new Promise<never>((_, reject) => {
    const end = (reason: Error): void => {
      for (const { reject: refuse } of pending.values()) refuse(reason);
      pending.clear();
      reject(reason);
    };
    socket.once('error', end);
    socket.once('close', () => end(new Error('QEMU closed its control socket')));
  });
  ended.catch(() => undefined);
  readLines(socket, (message) => {
    if ('QMP' in message) return greeted();
    const waiting = typeof message['id'] === 'number' ? pending.get(message['id']) : undefined;
    if (!waiting) return;
    pending.delete(message['id'] as number);
    if ('error' in message) {
      const { desc } = message['error'] as { desc: string };
      waiting.reject(new SysmonvmError('host.qemu-failed', `QEMU refused ${waiting.command}: ${desc}`));
    } else waiting.resolve(message['return']);
  });

  const execute: QmpSession['execute'] = async <T>(
    command: string,
    args?: Readonly<Record<string, unknown>>,
    options = { timeoutMs: commandTimeoutMs },
  ): Promise<T> => {
    const id = nextId++;
    const answer = new Promise<unknown>((resolve, reject) => pending.set(id, { resolve, reject, command }));
    socket.write(`${JSON.stringify({ execute: command, id, ...(args ? { arguments: args } : {}) })}\n`);
    return (await within(Promise.race([answer, ended]), options.timeoutMs, `no answer to ${command}`)) as T;
  };

  const abort = (): void => void socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await within(Promise.race([greeting, ended]), timeoutMs, 'no greeting');
    await execute('qmp_capabilities');
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
  return { execute, close: () => void socket.destroy() };
}

function readLines(socket: Socket, onMessage: (message: Record<string, unknown>) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onMessage(JSON.parse(line) as Record<string, unknown>);
  });
}

async function within<T>(promise: Promise<T>, ms: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`${message} within ${ms} ms`)), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
