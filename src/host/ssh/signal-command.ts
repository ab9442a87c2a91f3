import { type EndOutcome, endOutcomeOf, type SignalRequest, signalCommandLine } from '../../core/ssh/signal-script.ts';
import { type Connection, openConnection, openExec } from './connection.ts';

/** The script needs grace + 3 s at most; an emulated guest under load needs more than that for the shell itself. */
const budgetMs = 20_000;

/**
 * Runs the signal script on a channel of its own; when the server refuses one more channel, on a connection of its
 * own. `unknown` when the guest does not answer: nothing can be said about the command then.
 */
export async function signalCommand(
  connection: Connection,
  request: SignalRequest,
): Promise<{ outcome: EndOutcome; text: string }> {
  const line = signalCommandLine(request);
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new Error('The guest did not run the signal script in time.')),
    budgetMs,
  );
  try {
    const text = await runOn(connection, line, controller.signal);
    return { outcome: endOutcomeOf(text), text: text.trim() };
  } catch (error) {
    return { outcome: 'unknown', text: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

async function runOn(connection: Connection, line: string, signal: AbortSignal): Promise<string> {
  try {
    return await collect(connection, line, signal);
  } catch (error) {
    if (!connection.isOpen() || signal.aborted) throw error;
    const second = await openConnection(connection.target, { at: Date.now() + budgetMs / 2, signal, attempts: [] });
    try {
      return await collect(second, line, signal);
    } finally {
      second.close();
    }
  }
}

async function collect(connection: Connection, line: string, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const { channel, closed } = await openExec(connection, line);
  return new Promise<string>((resolve, reject) => {
    let text = '';
    const onAbort = (): void => {
      channel.close();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    channel.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    channel.stderr.resume();
    closed.then(() => {
      signal.removeEventListener('abort', onAbort);
      if (text === '') reject(new Error('The guest ran the signal script without a result.'));
      else resolve(text);
    });
    channel.end();
  });
}
