import { z } from 'zod';
import type { Comparison } from './comparison.ts';
import { betterSchema, criterionSchema, parametersSchema, resultSetFacts } from './result-set-schema.ts';

const count = z.int().min(0);

const summary = z.object({
  count,
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  median: z.number(),
  center: z.number(),
  stdev: z.number().exactOptional(),
  mad: z.number(),
  p90: z.number(),
  low: z.number().exactOptional(),
  high: z.number().exactOptional(),
});

const series = z.object({
  workload: z.string(),
  parameters: parametersSchema,
  definition: z.object({
    metric: z.string(),
    unit: z.string(),
    better: betterSchema,
    floor: z.number(),
    tolerancePercent: z.number(),
    reason: z.string(),
  }),
  baseline: summary,
  current: summary,
  delta: z.number(),
  /** JSON has no other word for what is not a number. */
  deltaPercent: z.number().nullable(),
  deltaPercentLow: z.number().exactOptional(),
  deltaPercentHigh: z.number().exactOptional(),
  pValue: z.number().exactOptional(),
  effectSize: z.number().exactOptional(),
  change: z.enum(['regressed', 'improved', 'unchanged', 'inconclusive']),
  reason: z.string(),
  wantedShiftPercent: z.number().exactOptional(),
  neededPerSide: z.int().exactOptional(),
});

const { schemaVersion, runId, ...known } = resultSetFacts;
const side = z.object({ ...z.object(known).partial().shape, schemaVersion, runId, source: z.string() });
const attempts = z.object({ completed: count, failed: count, timeout: count });

/** The document of `bench compare` and `bench gate` as JSON holds it. */
export const comparisonDocument = z.object({
  schemaVersion: z.literal(1),
  baseline: side,
  current: side,
  incomparable: z.array(z.string()),
  notes: z.array(z.string()),
  series: z.array(series),
  missing: z.array(
    z.object({
      workload: z.string(),
      metric: z.string(),
      parameters: parametersSchema,
      missingIn: z.enum(['baseline', 'current']),
    }),
  ),
  criteria: z.array(criterionSchema),
  attempts: z.object({ baseline: attempts, current: attempts }),
  method: z.object({
    confidence: z.number(),
    alpha: z.number(),
    resamples: z.int(),
    seed: z.int(),
    power: z.number(),
  }),
  verdict: z.enum(['passed', 'regressed', 'inconclusive']),
  reasons: z.array(z.string()),
});

/** The same, read back. */
export const comparisonSchema = comparisonDocument.transform(
  (document): Comparison => ({
    ...(document as unknown as Comparison),
    series: document.series.map((one) => ({ ...one, deltaPercent: one.deltaPercent ?? Number.NaN })),
  }),
);

/** One file, as `bench compare --json` prints it and `comparisonSchema` reads it. */
export const comparisonFile = (comparison: Comparison): string => `${JSON.stringify(comparison, null, 2)}\n`;
