import { connect } from 'node:net';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';

/** RFC 4253 lets a server send lines before its banner; a server that sends more than this is something else. */
const preambleLimit = 8192;

/**
 * One try to read the SSH banner from 127.0.0.1. Never longer than `timeoutMs`; the socket is always closed.
 * @throws ssh.no-banner with the reason in words, and in `answered` whether anything came back over a connection; the reason of the signal when it is aborted.
 */
export function readBanner(port: number, timeoutMs: number, signal: AbortSignal): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const socket = connect({ host: '127.0.0.1', port });
    let connected = false;
    let text = '';

    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners();
      socket.on('error', () => {});
      socket.destroy();
      settle();
    };
    const refuse = (reason: string, answered: boolean, cause?: unknown): void => {
      const details = { port, received: text.slice(0, 256), answered };
      finish(() => reject(new SysmonvmError('ssh.no-banner', reason, { details, cause })));
    };
    const onAbort = (): void => finish(() => reject(signal.reason));
    const timer = setTimeout(() => refuse(reasonOfSilence(connected, text, timeoutMs), text !== ''), timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });

    socket.on('connect', () => {
      connected = true;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => refuse(reasonOfError(error), connected, error));
    socket.on('close', () => refuse(text === '' ? 'closed at once' : `not an SSH server: ${firstWords(text)}`, true));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const banner = /^(SSH-[^\r\n]*)\r?\n/m.exec(text)?.[1];
      if (banner !== undefined) finish(() => resolve(banner));
      else if (text.length > preambleLimit) refuse(`not an SSH server: ${firstWords(text)}`, true);
    });
  });
}

function reasonOfSilence(connected: boolean, text: string, timeoutMs: number): string {
  if (!connected) return `no connection within ${timeoutMs} ms`;
  if (text === '') return `connection accepted but no banner within ${timeoutMs} ms`;
  if (text.startsWith('SSH-')) return `the banner was incomplete after ${timeoutMs} ms: ${firstWords(text)}`;
  return `not an SSH server: ${firstWords(text)}`;
}

function reasonOfError(error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNREFUSED') return 'refused';
  if (error.code === 'ECONNRESET') return 'closed at once';
  return error.message;
}

function firstWords(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
