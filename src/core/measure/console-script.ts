import { z } from 'zod';
import type { ParsedConfigFile } from '../config/parsed-config-file.ts';
import { parseDuration } from '../units/duration.ts';
import { checkedDocument, type DocumentProblem } from './checked-document.ts';
import { patternProblem } from './markers/safe-pattern.ts';

/** One question of a guest and what is typed then. */
export interface ScriptStep {
  readonly name: string;
  /** Looked for, line by line (`^` and `$` are those of lines), in what came since the step before. */
  readonly expect: string;
  /** Undefined: the step only waits. */
  readonly send?: string;
  /** A carriage return is typed behind it. */
  readonly enter: boolean;
  readonly timeoutMs: number;
}

export interface ConsoleScript {
  readonly steps: readonly ScriptStep[];
}

const defaultStepMs = 300_000;

const duration = z
  .union([z.number(), z.string()])
  .transform((value) => parseDuration(String(value)))
  .refine((ms) => ms !== undefined && ms > 0, 'a duration such as 300s, 5m or a number of seconds');

const scriptSchema = z.strictObject({
  steps: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(100).optional(),
        expect: z.string().min(1),
        send: z.string().max(4096).optional(),
        enter: z.boolean().default(true),
        timeout: duration.optional(),
      }),
    )
    .min(1)
    .max(500),
});

/** Answers for a guest's questions (YAML or JSON). @throws measure.script-invalid with file, line and field */
export function consoleScript(file: ParsedConfigFile): ConsoleScript {
  const { steps } = checkedDocument(file, scriptSchema, 'measure.script-invalid', (script) =>
    script.steps.flatMap(({ expect }, index): readonly DocumentProblem[] => {
      const message = patternProblem(expect, 'm');
      return message === undefined ? [] : [{ field: `steps.${index}.expect`, message }];
    }),
  );
  return {
    steps: steps.map(({ name, expect, send, enter, timeout }, index) => ({
      name: name ?? `step ${index + 1}`,
      expect,
      ...(send === undefined ? {} : { send }),
      enter,
      timeoutMs: timeout ?? defaultStepMs,
    })),
  };
}
