import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Deadline } from '../../../src/core/deadline.ts';
import type { SshTarget } from '../../../src/core/ports/guest-shell.ts';
import { knownHostsText } from '../../../src/core/ssh/known-hosts-text.ts';
import { readBanner } from '../../../src/host/ssh/banner.ts';
import { generateKeyPair, writeKeyPair } from '../../../src/host/ssh/key-pair.ts';
import { ensureProgram } from '../../support/ensure-sshd.ts';

export interface RealServer {
  readonly target: SshTarget;
  /** Scratch directory, removed by stop(). */
  readonly directory: string;
  readonly pid: number;
  log(): string;
  stop(): Promise<void>;
}

export type ServerKind = 'openssh' | 'dropbear';

/** A real server of this machine, on a free port of 127.0.0.1, for the current user, with keys of its own. */
export async function startServer(kind: ServerKind, extraConfig: readonly string[] = []): Promise<RealServer> {
  const directory = await mkdtemp(join(tmpdir(), 'sysmonvm-ssh-'));
  const user = await generateKeyPair('test user');
  const host = await generateKeyPair('test host');
  await writeKeyPair(join(directory, 'user_key'), user);
  await writeKeyPair(join(directory, 'host_key'), host);
  await writeFile(join(directory, 'known_hosts'), knownHostsText(host.publicKey), { mode: 0o600 });
  const port = await freePort();
  const command = kind === 'openssh' ? opensshCommand(directory, port, extraConfig) : dropbearCommand(directory, port);
  const child = spawn('unshare', await withOwnHome(directory, user.publicKey, await command), {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8' },
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  // A test that failed before stop() leaves no server behind.
  const killAtExit = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', killAtExit);
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  for (let tries = 0; ; tries += 1) {
    try {
      await readBanner(port, 1000, new AbortController().signal);
      break;
    } catch (error) {
      if (tries > 50 || child.exitCode !== null) throw new Error(`${kind} did not start: ${log}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return {
    directory,
    pid: child.pid ?? 0,
    log: () => log,
    target: {
      host: '127.0.0.1',
      port,
      user: userInfo().username,
      privateKeyPath: join(directory, 'user_key'),
      hostPublicKey: host.publicKey,
      knownHostsPath: join(directory, 'known_hosts'),
    },
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      process.removeListener('exit', killAtExit);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function opensshCommand(
  directory: string,
  port: number,
  extraConfig: readonly string[],
): Promise<readonly string[]> {
  const program = ensureProgram('sshd');
  // Its privilege separation wants this directory when it runs as root; the service unit makes it otherwise.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(directory, 'host_key')}`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'PrintMotd no',
    'Subsystem sftp internal-sftp',
    ...extraConfig,
  ];
  await writeFile(join(directory, 'sshd_config'), `${config.join('\n')}\n`);
  return [program, '-D', '-e', '-f', join(directory, 'sshd_config')];
}

async function dropbearCommand(directory: string, port: number): Promise<readonly string[]> {
  const program = ensureProgram('dropbear');
  const [hostKey, dropbearKey] = [join(directory, 'host_key'), join(directory, 'dropbear_key')];
  execFileSync(ensureProgram('dropbearconvert'), ['openssh', 'dropbear', hostKey, dropbearKey], { stdio: 'ignore' });
  return [program, '-F', '-E', '-s', '-r', dropbearKey, '-P', join(directory, 'pid'), '-p', `127.0.0.1:${port}`];
}

/**
 * A home of the test's own lies over the real one, for the server alone: dropbear knows only ~/.ssh/authorized_keys,
 * and what the person who runs the tests has in ~/.bashrc would be part of every result.
 */
async function withOwnHome(
  directory: string,
  publicKey: string,
  server: readonly string[],
): Promise<readonly string[]> {
  const home = join(directory, 'home');
  await mkdir(join(home, '.ssh'), { recursive: true, mode: 0o700 });
  await writeFile(join(home, '.ssh', 'authorized_keys'), `${publicKey}\n`, { mode: 0o600 });
  const script = 'mount --bind "$0" "$1" && shift && exec "$@"';
  const namespaces = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--map-current-user', '--keep-caps'];
  return [...namespaces, 'sh', '-c', script, home, userInfo().homedir, ...server];
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

export function within(ms: number, signal: AbortSignal = new AbortController().signal): Deadline {
  return { at: Date.now() + ms, signal, attempts: [] };
}

/** Command lines of the processes of this machine that contain a text; the test's own processes are told by it. */
export async function processesWith(text: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const line = (await readFile(`/proc/${name}/cmdline`, 'utf8')).replaceAll('\0', ' ');
      const state = /\) (\S)/.exec(await readFile(`/proc/${name}/stat`, 'utf8'))?.[1];
      if (line.includes(text) && state !== 'Z') found.push(`${name} ${line}`);
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}
