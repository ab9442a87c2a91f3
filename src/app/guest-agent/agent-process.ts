import type { Clock } from '../../core/ports/clock.ts';
import type { AgentLine } from './agent-line.ts';

export interface ExecStatus {
  readonly exited: boolean;
  readonly exitcode?: number;
  readonly signal?: number;
  readonly 'out-data'?: string;
}

/** Runs a short command as root and waits for its end, which also makes the agent forget it. */
export async function runAsRoot(
  clock: Clock,
  line: AgentLine,
  [path = '', ...arg]: readonly string[],
): Promise<{ readonly exitCode: number; readonly stdout: string }> {
  const { pid } = await line.ask<{ pid: number }>('guest-exec', { path, arg, 'capture-output': true });
  for (let pause = 5; ; pause = Math.min(Math.ceil(pause * 1.3), 100)) {
    const status = await line.ask<ExecStatus>('guest-exec-status', { pid });
    if (status.exited)
      return { exitCode: status.exitcode ?? 128 + (status.signal ?? 0), stdout: textOf(status['out-data']) };
    await clock.sleep(pause);
  }
}

function textOf(base64: string | undefined): string {
  return base64 === undefined ? '' : new TextDecoder().decode(Buffer.from(base64, 'base64'));
}
