import { execa } from 'execa';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';

export interface AttachedExit {
  readonly exitCode: number;
  readonly signal?: string;
}

/**
 * Runs a program on the user's own terminal (ssh) and waits. It gets our whole environment (agent, TERM, locale), and
 * keys such as Ctrl-C reach it directly because it shares our process group. A signal to us alone ends it with TERM, so
 * that it can give the terminal back.
 */
export async function runAttached(
  runner: ProcessRunner,
  tool: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<AttachedExit> {
  const path = await runner.which(tool);
  // The runner's own failure for a missing program names the package.
  if (path === undefined) await runner.run(tool, []);
  const result = await execa(path ?? tool, args, { stdio: 'inherit', reject: false, cancelSignal: signal });
  if (result.signal !== undefined) return { exitCode: 128 + signalNumber(result.signal), signal: result.signal };
  if (result.exitCode === undefined) {
    fail('host.tool-failed', `${tool} could not be started: ${result.shortMessage ?? 'unknown reason'}`, {
      cause: result.cause,
    });
  }
  return { exitCode: result.exitCode };
}

function signalNumber(name: string): number {
  const numbers: Readonly<Record<string, number>> = {
    SIGHUP: 1,
    SIGINT: 2,
    SIGQUIT: 3,
    SIGKILL: 9,
    SIGPIPE: 13,
    SIGTERM: 15,
  };
  return numbers[name] ?? 0;
}
