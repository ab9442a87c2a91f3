import { spawn } from 'node:child_process';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import type { TextFiles } from '../../core/ports/text-files.ts';
import type { ExitStatus, Launched, LaunchSpec, VmLauncher } from '../../core/ports/vm-launcher.ts';
import { fileError, isMissing } from '../store/file-errors.ts';
import { guardianScript } from './guardian-script.ts';
import { connectQmp } from './qmp.ts';

export interface LauncherDependencies {
  readonly runner: Pick<ProcessRunner, 'identify'>;
  readonly files: TextFiles;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Beyond it, the console log is moved aside; at most the first eighth, the part before and this one are kept. */
  readonly consoleLimitBytes?: number;
}

const pidsWithinMs = 5_000;

export function createLauncher({
  runner,
  files,
  clock,
  env,
  consoleLimitBytes = 8 * 1024 * 1024,
}: LauncherDependencies): VmLauncher {
  async function readPids(runDirectory: string, runId: string): Promise<readonly [number, number] | undefined> {
    const text = await files.read(join(runDirectory, `${runId}.pids`));
    const [guardian, child] = (text ?? '').trim().split(' ').map(Number);
    return guardian && child ? [guardian, child] : undefined;
  }

  /** The pids as identities; undefined when the processes are gone or the pids belong to others by now. */
  async function identify(runDirectory: string, runId: string): Promise<Launched | undefined> {
    const pids = await readPids(runDirectory, runId);
    if (!pids) return undefined;
    const [guardian, process] = await Promise.all([runner.identify(pids[0]), runner.identify(pids[1])]);
    return guardian && process ? { guardian, process } : undefined;
  }

  async function awaitStart(runDirectory: string, runId: string, signal?: AbortSignal): Promise<Launched | undefined> {
    const end = clock.now() + pidsWithinMs;
    for (;;) {
      const launched = await identify(runDirectory, runId);
      if (launched) return launched;
      if (await files.exists(join(runDirectory, `${runId}.exit`))) return undefined;
      if (clock.now() > end) return undefined;
      await clock.sleep(4, signal);
    }
  }

  return {
    async launch(spec: LaunchSpec, signal) {
      const { runDirectory, runId } = spec;
      try {
        await files.makeDirectory(runDirectory, 0o700);
        await writeFile(join(runDirectory, 'qemu.log'), '', { mode: 0o600 });
        await writeFile(join(runDirectory, `${runId}.ticket`), '', { mode: 0o600 });
      } catch (error) {
        throw fileError(error, runDirectory, 'starting QEMU');
      }
      const child = spawn(
        '/bin/sh',
        [
          ...['-c', guardianScript, 'sysmonvm-guardian', runDirectory, runId, String(consoleLimitBytes)],
          ...[spec.executable, ...spec.args],
        ],
        {
          detached: true,
          stdio: 'ignore',
          cwd: '/',
          env: {
            PATH: env['PATH'] ?? '/usr/bin:/bin',
            HOME: env['HOME'] ?? '/',
            LANG: 'C.UTF-8',
            TMPDIR: env['TMPDIR'] ?? '/tmp',
          },
        },
      );
      const spawnError = new Promise<never>((_, reject) => child.once('error', reject));
      spawnError.catch(() => undefined);
      child.unref();
      const launched = await Promise.race([awaitStart(runDirectory, runId, signal), spawnError]);
      if (launched) return launched;
      const words = await files.tail(join(runDirectory, 'qemu.log'), 20);
      const status = await exitStatus(runDirectory, runId);
      return fail(
        'host.qemu-failed',
        `QEMU ended at once${status.known ? ` with status ${status.exitCode}` : ''}${words.length > 0 ? `: ${words.at(-1)}` : ''}`,
        {
          details: { qemuTail: words, ...(status.known ? { exitCode: status.exitCode } : {}) },
        },
      );
    },
    async recover(runDirectory, runId) {
      try {
        await rename(join(runDirectory, `${runId}.ticket`), join(runDirectory, `${runId}.revoked`));
        return undefined;
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
      if (!(await files.exists(join(runDirectory, `${runId}.taken`)))) return undefined;
      return awaitStart(runDirectory, runId);
    },
    exitStatus,
    connect: (socket, deadline) => connectQmp(socket, deadline, clock),
    ownWords: (runDirectory) => files.tail(join(runDirectory, 'qemu.log'), 20),
  };

  async function exitStatus(runDirectory: string, runId: string): Promise<ExitStatus> {
    const text = await files.read(join(runDirectory, `${runId}.exit`));
    const match = /^(\d+) (\d+)/.exec(text ?? '');
    if (!match) return { known: false };
    return { known: true, exitCode: Number(match[1]), at: Number(match[2]) * 1000 };
  }
}
