import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { arch as nodeArch } from 'node:os';
import { join } from 'node:path';
import type { HostServices, HostSituation } from '../../core/host-collector/host-services.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import { systemClock } from '../process/system-clock.ts';
import { templateText } from '../render/template-text.ts';
import { performStep } from './perform-step.ts';

export interface HostServicesDeps {
  readonly runner: Pick<ProcessRunner, 'run'>;
  /** Where absolute paths of files begin; commands are given them as they are. */
  readonly root?: string;
  readonly platform?: NodeJS.Platform;
  readonly userId?: number;
  /** What a service that was started has until it answers. */
  readonly patienceMs?: number;
}

const keptLines = 20;
const pollMs = 200;

export function createHostServices({
  runner,
  root = '/',
  platform = process.platform,
  userId = process.getuid?.() ?? -1,
  patienceMs = 30_000,
}: HostServicesDeps): HostServices {
  const os = platform === 'darwin' ? 'darwin' : 'linux';
  return {
    async situation() {
      const instead = os === 'linux' ? await withoutSystemd(root) : undefined;
      const situation: HostSituation = {
        os,
        arch: nodeArch() === 'arm64' ? 'aarch64' : 'x86_64',
        isRoot: userId === 0,
      };
      return instead === undefined ? situation : { ...situation, withoutServiceManager: instead };
    },
    read: (path) => readFile(join(root, path), 'utf8').catch(() => undefined),
    head: firstBytes,
    exists: async (path) => existsSync(join(root, path)),
    template: templateText,
    perform: (step, signal) => performStep(step, { runner, root, signal }),

    async isListening({ host, port }, signal) {
      const until = Date.now() + patienceMs;
      do {
        if (await answers(host === '0.0.0.0' ? '127.0.0.1' : host, port)) return true;
        await systemClock.sleep(pollMs, signal);
      } while (Date.now() < until);
      return false;
    },

    async lastWords({ name, logs }) {
      if (os === 'linux') {
        const args = ['--unit', name, '--lines', String(keptLines), '--no-pager', '--output', 'cat'];
        const said = await runner.run('journalctl', args, { acceptExitCodes: 'any' }).catch(() => undefined);
        return linesOf(said?.stdout ?? '');
      }
      const texts = await Promise.all(logs.map((path) => readFile(join(root, path), 'utf8').catch(() => '')));
      return texts.flatMap(linesOf);
    },
  };
}

async function firstBytes(path: string, bytes: number): Promise<Uint8Array | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .slice(-keptLines);

/** systemd's own test, sd_booted(3): whether this directory is there. */
async function withoutSystemd(root: string): Promise<string | undefined> {
  if (existsSync(join(root, 'run/systemd/system'))) return undefined;
  const first = await readFile('/proc/1/comm', 'utf8').catch(() => 'something else');
  return `process 1 is ${first.trim()}`;
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
