import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { plainConsoleText } from '../../core/vm/console-marks.ts';
import { marksOf } from '../../core/vm/transition.ts';
import type { FailureRecord } from '../../core/vm/vm-state.ts';
import type { Dependencies } from '../dependencies.ts';
import { consoleLines } from './console-log.ts';
import type { VmSession } from './session.ts';

const tailLines = 15;

export async function consoleTail(
  deps: Pick<Dependencies, 'files'>,
  runDirectory: string,
  lines = tailLines,
): Promise<readonly string[]> {
  const text = await consoleLines(deps, runDirectory, lines * 3);
  return text
    .map((line) => plainConsoleText(line).trimEnd())
    .filter((line) => line !== '')
    .slice(-lines);
}

/** What a failed start leaves for the person who asks why: the stage reached, the console, QEMU's own words. */
export async function failureOf(
  deps: Dependencies,
  session: VmSession,
  stage: FailureRecord['stage'],
  error: unknown,
): Promise<FailureRecord> {
  const launcher = await deps.launcher();
  const reached = marksOf(session.state).at(-1)?.name;
  return {
    at: deps.clock.now(),
    stage: stage === 'launch' && reached ? reached : stage,
    code: error instanceof SysmonvmError ? error.code : 'guest.exited',
    message: error instanceof Error ? error.message : String(error),
    consoleTail: session.runId ? await consoleTail(deps, session.runDirectory) : [],
    qemuTail: session.runId ? await launcher.ownWords(session.runDirectory) : [],
  };
}

/** The same error with the evidence in its details, so that the message itself explains the boot. A bug stays a bug. */
export function withEvidence(error: unknown, failure: FailureRecord, vm: string): unknown {
  if (!(error instanceof SysmonvmError)) return error;
  const { stage, consoleTail: fromConsole, qemuTail } = failure;
  return new SysmonvmError(error.code, error.message, {
    details: { ...error.details, vm, stage, consoleTail: fromConsole, qemuTail },
    next: [...error.next, `sysmonvm vm-logs ${vm}`],
    cause: error.cause,
  });
}
