import type { StepOutcome } from '../../core/bootstrap/record.ts';
import type { ScriptEnd } from '../../core/bootstrap/script-end.ts';
import type { BootstrapStep } from '../../core/bootstrap/steps.ts';

export type StepPart = 'check' | 'apply' | 'verify';

export interface StepEnd {
  readonly outcome: StepOutcome;
  readonly detail: string;
  /** Of a failure: the script that failed, and the end of its output. */
  readonly failed?: { readonly part: StepPart; readonly lines: readonly string[] };
}

/** Asks, does what is not so yet, and asks again: nothing is called done that was not seen. */
export async function runStep(
  step: BootstrapStep,
  run: (part: StepPart, script: string) => Promise<ScriptEnd>,
): Promise<StepEnd> {
  const before = await run('check', step.check);
  if (before.verdict === 'so') return { outcome: 'unchanged', detail: before.detail };
  if (before.verdict !== 'not-yet') return ended('check', before);
  const applied = await run('apply', step.apply);
  if (applied.verdict !== 'so') return ended('apply', applied);
  const after = await run('verify', step.verify);
  return after.verdict === 'so' ? { outcome: 'done', detail: after.detail } : ended('verify', after);
}

function ended(part: StepPart, { verdict, detail, exit, lastLines }: ScriptEnd): StepEnd {
  if (verdict === 'not-applicable') return { outcome: 'not-applicable', detail };
  const how = exit.signal === undefined ? `exit code ${exit.exitCode}` : `signal ${exit.signal}`;
  const reason = part === 'verify' && verdict === 'not-yet' ? `afterwards it was still not so: ${detail}` : how;
  return { outcome: 'failed', detail: `${part}: ${reason}`, failed: { part, lines: lastLines } };
}
