import { readFile } from 'node:fs/promises';
import { Client, type ClientChannel, type PseudoTtyOptions } from 'ssh2';
import type { Deadline } from '../../core/deadline.ts';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { SshTarget } from '../../core/ports/guest-shell.ts';
import { bareHostKey } from '../../core/ssh/known-hosts-text.ts';
import { secondsSince, watchDeadline } from './deadline-watch.ts';

/** An authenticated connection, and why it broke when it did. */
export interface Connection {
  readonly client: Client;
  readonly target: SshTarget;
  /** The error of a connection that ended without our doing, to be given to everything that still waited. */
  lost(): SysmonvmError;
  isOpen(): boolean;
  close(): void;
}

// A guest that was reset says nothing more. Half a minute is long enough for one that is emulated and busy.
const keepaliveIntervalMs = 5000;
const keepaliveCountMax = 6;

/** @throws ssh.host-key-mismatch, ssh.authentication-failed, ssh.connection-lost, ssh.connect-deadline */
export async function openConnection(target: SshTarget, deadline: Deadline): Promise<Connection> {
  const privateKey = await readPrivateKey(target);
  const wantedKey = Buffer.from(bareHostKey(target.hostPublicKey).split(' ')[1] ?? '', 'base64');
  const watch = watchDeadline(deadline);
  const client = new Client();
  let shownKey: Buffer | undefined;
  let open = false;
  let cause: Error | undefined;

  try {
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void =>
        reject(watch.passed() ? connectDeadline(target, watch.startedAt, cause) : watch.signal.reason);
      if (watch.signal.aborted) {
        giveUp();
        return;
      }
      watch.signal.addEventListener('abort', giveUp, { once: true });
      client.on('error', (error) => {
        cause = error;
        reject(connectError(target, error, shownKey));
      });
      client.on('close', () => {
        open = false;
        reject(connectError(target, cause, shownKey));
      });
      client.on('ready', () => {
        open = true;
        resolve();
      });
      try {
        client.connect({
          host: target.host,
          port: target.port,
          username: target.user,
          privateKey,
          authHandler: ['publickey'],
          hostVerifier: (key: Buffer) => {
            if (!key.equals(wantedKey)) shownKey = key;
            return shownKey === undefined;
          },
          algorithms: {
            kex: [
              'curve25519-sha256',
              'curve25519-sha256@libssh.org',
              'ecdh-sha2-nistp256',
              'diffie-hellman-group14-sha256',
            ],
            serverHostKey: ['ssh-ed25519'],
          },
          readyTimeout: 0,
          keepaliveInterval: keepaliveIntervalMs,
          keepaliveCountMax,
        });
      } catch (error) {
        // ssh2 throws for a key that it cannot read.
        reject(connectError(target, error instanceof Error ? error : undefined, shownKey));
      }
    });
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    watch.dispose();
  }

  client.setNoDelay(true);
  return {
    client,
    target,
    isOpen: () => open,
    lost: () => lostError(target, cause),
    close: () => {
      open = false;
      client.end();
      // A guest that is gone never answers the goodbye; the socket must not keep the process alive.
      setTimeout(() => client.destroy(), 1000).unref();
    },
  };
}

export interface ExecChannel {
  readonly channel: ClientChannel;
  /** Settles when the channel is closed and read to its end; undefined when the server told nothing. */
  readonly closed: Promise<{ readonly code: number | null; readonly signal?: string | undefined } | undefined>;
}

/** One more channel with a command. The server may refuse it (MaxSessions); then the error of ssh2 is thrown. */
export function openExec(connection: Connection, line: string, pty?: PseudoTtyOptions): Promise<ExecChannel> {
  return new Promise<ExecChannel>((resolve, reject) => {
    if (!connection.isOpen()) {
      reject(connection.lost());
      return;
    }
    // ssh2 leaves its callback uncalled when the connection ends between the two.
    const onClose = (): void => reject(connection.lost());
    connection.client.once('close', onClose);
    connection.client.exec(line, pty === undefined ? {} : { pty }, (error, channel) => {
      connection.client.removeListener('close', onClose);
      if (error !== undefined) reject(connection.isOpen() ? error : connection.lost());
      // Listening must begin in this very call: a short command's exit status lies in the same packet.
      else resolve({ channel, closed: closingOf(channel) });
    });
  });
}

function closingOf(channel: ClientChannel): ExecChannel['closed'] {
  return new Promise((resolve) => {
    let exit: { code: number | null; signal?: string | undefined } | undefined;
    channel.on('exit', (code: number | null, signal?: string) => {
      exit = { code, signal };
    });
    // Writing to a command that has ended is its affair; how it ended is told by the exit status.
    channel.on('error', () => {});
    channel.on('close', () => resolve(exit));
  });
}

async function readPrivateKey(target: SshTarget): Promise<Buffer> {
  try {
    return await readFile(target.privateKeyPath);
  } catch (cause) {
    throw new SysmonvmError(
      'ssh.authentication-failed',
      `The private key of the VM cannot be read: ${target.privateKeyPath}`,
      {
        details: { privateKeyPath: target.privateKeyPath },
        next: ['Create the VM again, or give the key file back with mode 0600.'],
        cause,
      },
    );
  }
}

function connectError(
  target: SshTarget,
  error: (Error & { level?: string }) | undefined,
  shownKey: Buffer | undefined,
): SysmonvmError {
  const where = placeOf(target);
  const details = { host: target.host, port: target.port, user: target.user };
  const text = error?.message ?? '';
  if (shownKey !== undefined || /no matching host key format/.test(text)) {
    const shown = shownKey === undefined ? 'no ssh-ed25519 key' : `ssh-ed25519 ${shownKey.toString('base64')}`;
    return new SysmonvmError(
      'ssh.host-key-mismatch',
      `${where} shows ${shown}, not the host key that we gave the guest.`,
      {
        details: { ...details, expected: bareHostKey(target.hostPublicKey), shown },
        cause: error,
      },
    );
  }
  if (
    error?.level === 'client-authentication' ||
    /Encrypted private|Unsupported key|Cannot parse privateKey/.test(text)
  ) {
    return new SysmonvmError(
      'ssh.authentication-failed',
      `${where} refuses the key ${target.privateKeyPath} for user "${target.user}": ${text}`,
      { details, cause: error },
    );
  }
  return lostError(target, error);
}

function lostError(target: SshTarget, cause: Error | undefined): SysmonvmError {
  const reason = cause === undefined ? 'it was closed' : cause.message;
  return new SysmonvmError('ssh.connection-lost', `The SSH connection to ${placeOf(target)} broke: ${reason}.`, {
    details: { host: target.host, port: target.port, user: target.user },
    cause,
  });
}

function connectDeadline(target: SshTarget, startedAt: number, cause: Error | undefined): SysmonvmError {
  return new SysmonvmError(
    'ssh.connect-deadline',
    `${placeOf(target)} did not finish the SSH login within ${secondsSince(startedAt)}.`,
    { details: { host: target.host, port: target.port, user: target.user }, cause },
  );
}

function placeOf(target: SshTarget): string {
  return `${target.host}:${target.port}`;
}
