import { spawn } from 'node:child_process';
import { createWriteStream, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { MediumEnd, MediumLaunch, MediumMachines } from '../../core/ports/medium-machines.ts';
import type { ProcessIdentity, ProcessRunner } from '../../core/ports/process-runner.ts';
import { minimalEnvironment } from '../process/process-runner.ts';
import { extraFolders, searchFolders } from '../process/tool-search.ts';
import { watchdogScript } from '../process/watchdog-script.ts';
import { processInContainer } from './container-process.ts';
import { listenForSerial } from './serial-reader.ts';

export interface MediumMachinesDeps {
  readonly runner: Pick<ProcessRunner, 'run' | 'identify' | 'kill'>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const keptWords = 64 * 1024;
const writtenWithinMs = 15_000;

export function createMediumMachines({ runner, env }: MediumMachinesDeps): MediumMachines {
  const programEnv = minimalEnvironment(env, searchFolders(env['PATH'], extraFolders(process.platform)));
  return {
    async inDirectory(use) {
      // Sockets lie in it, whose paths may have 104 bytes; a long TMPDIR would break them.
      const parent = tmpdir().length > 60 ? '/tmp' : tmpdir();
      const directory = await mkdtemp(join(parent, 'smbench-'));
      try {
        return await use(directory);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },

    watchdog: watchdogScript,
    owner() {
      const kvm = statSync('/dev/kvm', { throwIfNoEntry: false });
      const everybody = kvm !== undefined && (kvm.mode & 0o006) === 0o006;
      return {
        uid: process.getuid?.() ?? 0,
        gid: process.getgid?.() ?? 0,
        ...(kvm === undefined || everybody || kvm.gid === 0 ? {} : { kvmGroup: kvm.gid }),
      };
    },

    async start(launch: MediumLaunch) {
      const zero = performance.now();
      const clock = { zero };
      const elapsedMs = (): number => performance.now() - clock.zero;
      const serial = await listenForSerial({
        socket: launch.serialSocket,
        timesPath: launch.timesPath,
        elapsedMs,
        onChunk: launch.onChunk,
      });
      const debug = createWriteStream(launch.debugLog, { mode: 0o644 });
      debug.on('error', () => undefined);
      debug.write(`${[launch.executable, ...launch.args].map((word) => JSON.stringify(word)).join(' ')}\n`);
      const startedAt = Date.now();
      clock.zero = performance.now();
      // A container has the watchdog inside.
      const [program, args] = launch.container
        ? [launch.executable, launch.args]
        : ['/bin/sh', ['-c', watchdogScript, 'sysmonvm-watchdog', launch.executable, ...launch.args]];
      const child = spawn(program, args, {
        cwd: '/',
        env: { ...programEnv, TMPDIR: launch.temporaryDirectory },
        stdio: ['pipe', 'pipe', 'pipe', 'ignore', 'ignore', 'pipe'],
      });
      const [input, output, errors, , , pids] = child.stdio as unknown as [
        Writable,
        Readable,
        Readable,
        null,
        null,
        Readable,
      ];
      const words = collect([output, errors], (text) => debug.write(text));
      input.on('error', () => undefined);
      const state: { end?: MediumEnd } = {};
      const ended = new Promise<MediumEnd>((resolve) => {
        const finish = (code: number | null, signal: NodeJS.Signals | null, problem?: string): void => {
          if (state.end !== undefined) return;
          const byShell = code !== null && code > 128 ? signalName(code - 128) : undefined;
          const name = signal ?? byShell;
          state.end = {
            ...(name === undefined && code !== null ? { exitCode: code } : {}),
            ...(name === undefined ? {} : { signal: name }),
            words: [...words(), ...(problem === undefined ? [] : [problem])],
          };
          resolve(state.end);
        };
        child.once('error', (error) => finish(null, null, error.message));
        // Not `close`: what the program started may hold its output open.
        child.once('exit', (code, signal) => setTimeout(() => finish(code, signal), 20));
      });
      const found: Promise<ProcessIdentity | undefined> = launch.container
        ? processInContainer(runner, launch.container, () => state.end !== undefined)
        : firstLine(pids).then((pid) => (pid === undefined ? undefined : runner.identify(Number(pid))));
      const qemu = found.catch(() => undefined);
      return {
        startedAt,
        process: qemu,
        elapsedMs,
        get end() {
          return state.end;
        },
        type: (text: string) => serial.type(text),
        async stop(how) {
          const identity = how === 'disks-written' ? await qemu : undefined;
          if (identity !== undefined && state.end === undefined) {
            // On TERM QEMU writes what it holds of its disks and ends.
            await runner.kill(identity, 'SIGTERM');
            await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, writtenWithinMs))]);
          }
          input.destroy();
          const end = await ended;
          if (launch.container) await removeContainer(runner, launch.container);
          await serial.close();
          await new Promise<void>((resolve) => debug.end(resolve));
          return end;
        },
      };
    },
  };
}

/** The first words say why it went wrong, so they are the ones kept. */
function collect(streams: readonly Readable[], also: (text: string) => void): () => readonly string[] {
  let text = '';
  for (const stream of streams)
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      const kept = chunk.slice(0, keptWords - text.length);
      if (kept === '') return;
      text += kept;
      also(kept);
    });
  return () => text.split('\n').filter((line) => line.trim() !== '');
}

function firstLine(stream: Readable): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) resolve(text.trim());
    });
    stream.on('error', () => resolve(undefined));
    stream.once('end', () => resolve(text.trim() === '' ? undefined : text.trim()));
  });
}

/** It removes itself when its watchdog ends; an engine that lost sight of it is told. */
async function removeContainer(
  runner: Pick<ProcessRunner, 'run'>,
  { engine, name }: { readonly engine: string; readonly name: string },
): Promise<void> {
  await runner
    .run(engine, ['rm', '--force', name], { acceptExitCodes: 'any', timeoutMs: 30_000 })
    .catch(() => undefined);
}

function signalName(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}
