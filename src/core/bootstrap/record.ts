import { z } from 'zod';
import { families } from './family.ts';
import { profiles } from './steps.ts';

/** done: it was made so now; unchanged: it was so already. */
export const stepOutcomes = ['done', 'unchanged', 'not-applicable', 'failed'] as const;
export type StepOutcome = (typeof stepOutcomes)[number];

const stepRecord = z.strictObject({
  outcome: z.enum(stepOutcomes),
  /** What was found, or why it cannot be so. */
  detail: z.string(),
  at: z.number(),
  durationMs: z.number(),
});

const bootstrapRecord = z.strictObject({
  schemaVersion: z.literal(1),
  family: z.enum(families),
  system: z.string(),
  profile: z.enum(profiles),
  steps: z.record(z.string(), stepRecord),
});

export type StepRecord = z.infer<typeof stepRecord>;
/** bootstrap.json in a VM's directory: what was last found of each step. */
export type BootstrapRecord = z.infer<typeof bootstrapRecord>;

/** undefined: not a record of this version. */
export function readBootstrapRecord(text: string): BootstrapRecord | undefined {
  try {
    return bootstrapRecord.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
