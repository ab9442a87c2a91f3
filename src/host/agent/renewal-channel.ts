import { connect, type Socket } from 'node:net';
import { type Deadline, remainingMs } from '../../core/deadline.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { RenewalChannel, RenewalChannels } from '../../core/ports/renewal-channel.ts';
import { readRenewalAnswer } from '../../core/template/read-renewal-answer.ts';
import type { Renewal, RenewalAnswer } from '../../core/template/renewal.ts';

/**
 * One JSON document a line in each direction, over the socket of QEMU's character device. QEMU serves one client at a
 * time and hands on what was sent when the guest reads: a line may be sent before the guest runs.
 */
const longestAnswer = 1024 * 1024;

export function createRenewalChannels({ clock }: { readonly clock: Clock }): RenewalChannels {
  return {
    open: async (socketPath, deadline) => channelOver(await opened(socketPath, deadline, clock), clock),
    hold: async (socketPath, deadline) => {
      const socket = await opened(socketPath, deadline, clock);
      socket.on('error', () => undefined);
      socket.resume();
      return { write: (line) => void socket.write(`${line}\n`), close: () => void socket.destroy() };
    },
  };
}

async function opened(socketPath: string, deadline: Deadline, clock: Clock): Promise<Socket> {
  for (;;) {
    deadline.signal.throwIfAborted();
    try {
      return await connected(socketPath);
    } catch (error) {
      note(deadline, clock, error instanceof Error ? error.message : String(error));
      if (remainingMs(deadline, clock) === 0) {
        fail('guest.renewal-failed', `QEMU does not open the port of the guest: ${lastWords(deadline)}`, {
          cause: error,
        });
      }
      await clock.sleep(10, deadline.signal);
    }
  }
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function channelOver(socket: Socket, clock: Clock): RenewalChannel {
  const answers = new Map<string, RenewalAnswer>();
  let rest = '';
  let ended: string | undefined;
  let wake: () => void = () => undefined;
  const end = (reason: string): void => {
    ended ??= reason;
    wake();
  };
  socket.setEncoding('utf8');
  socket.on('error', (error) => end(error.message));
  socket.on('close', () => end('QEMU closed the renewal port'));
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestAnswer) socket.destroy(new Error('the guest sends a line without an end'));
    for (const line of lines) {
      const answer = readRenewalAnswer(line);
      if (answer) answers.set(answer.id, answer);
    }
    wake();
  });
  return {
    send: (renewal: Renewal) =>
      new Promise((resolve, reject) => {
        socket.write(`${JSON.stringify(renewal)}\n`, (error) => (error ? reject(error) : resolve()));
      }),
    async answer(id, deadline) {
      for (;;) {
        deadline.signal.throwIfAborted();
        const answer = answers.get(id);
        if (answer) {
          answers.delete(id);
          return answer;
        }
        if (ended !== undefined) fail('guest.renewal-failed', `the guest did not answer to its renewal: ${ended}`);
        if (remainingMs(deadline, clock) === 0) {
          const other = rest === '' ? 'nothing came' : `what came is no answer: ${rest.slice(0, 200)}`;
          fail('guest.renewal-failed', `the guest did not answer to its renewal in time: ${other}`);
        }
        await woken(deadline, remainingMs(deadline, clock), (resume) => {
          wake = resume;
        });
      }
    },
    close: () => void socket.destroy(),
  };
}

async function woken(deadline: Deadline, ms: number, onWake: (resume: () => void) => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let resume: () => void = () => undefined;
  await new Promise<void>((resolve) => {
    resume = resolve;
    onWake(resolve);
    timer = Number.isFinite(ms) ? setTimeout(resolve, ms) : undefined;
    deadline.signal.addEventListener('abort', resume, { once: true });
  });
  clearTimeout(timer);
  deadline.signal.removeEventListener('abort', resume);
}

function note(deadline: Deadline, clock: Clock, outcome: string): void {
  deadline.attempts.push({ at: clock.now(), what: 'renewal port', outcome });
}

function lastWords(deadline: Deadline): string {
  return deadline.attempts.at(-1)?.outcome ?? 'no try';
}
