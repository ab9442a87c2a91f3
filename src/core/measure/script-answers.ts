import type { ConsoleScript, ScriptStep } from './console-script.ts';
import { quietMs } from './marker-watch.ts';

export interface AnsweredStep {
  readonly name: string;
  readonly atMs: number;
}

/** Plays a script: one step after the other, each against what came since the last answer. */
export interface ScriptAnswers {
  readonly answered: readonly AnsweredStep[];
  /** The step that is waited for; undefined when all are done. */
  readonly waiting: ScriptStep | undefined;
  /** What is to be typed now; undefined for nothing. */
  feed(lines: readonly string[], rest: string, atMs: number): string | undefined;
  /** The same for an unfinished line that stands. */
  settle(nowMs: number): string | undefined;
  /** The step that was waited for too long. */
  overdue(nowMs: number): ScriptStep | undefined;
}

/** Enough for a screen of 24 × 80 many times over. */
const keptText = 32 * 1024;

export function createScriptAnswers(script: ConsoleScript): ScriptAnswers {
  const patterns = script.steps.map(({ expect }) => new RegExp(expect, 'm'));
  const answered: AnsweredStep[] = [];
  let text = '';
  let rest = '';
  /** How much of the unfinished line was answered: what is typed is echoed behind it. */
  let used = 0;
  let since = 0;
  let restAt = 0;

  function attempt(subject: string, atMs: number): string | undefined {
    const [step, match] = [script.steps[answered.length], patterns[answered.length]?.exec(subject)];
    if (step === undefined || !match) return undefined;
    const end = match.index + match[0].length;
    if (end > text.length) used += end - text.length;
    rest = end > text.length ? subject.slice(end) : rest;
    text = text.slice(end);
    answered.push({ name: step.name, atMs });
    since = atMs;
    return step.send === undefined ? '' : `${step.send}${step.enter ? '\r' : ''}`;
  }

  return {
    answered,
    get waiting() {
      return script.steps[answered.length];
    },
    feed(lines, unfinished, atMs) {
      if (lines.length > 0) {
        text = `${text}${lines.join('\n').slice(used)}\n`.slice(-keptText);
        used = 0;
      }
      rest = unfinished.slice(used);
      restAt = atMs;
      // A complete line is answered at once, a prompt when it stands.
      return lines.length === 0 ? undefined : attempt(text, atMs);
    },
    settle(nowMs) {
      return nowMs - restAt < quietMs ? undefined : attempt(text + rest, restAt);
    },
    overdue(nowMs) {
      const step = script.steps[answered.length];
      return step !== undefined && nowMs - since > step.timeoutMs ? step : undefined;
    },
  };
}
