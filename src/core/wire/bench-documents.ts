import { z } from 'zod';
import { comparisonDocument } from '../measure/comparison-schema.ts';
import { betterSchema, parametersSchema, resultSetSchema } from '../measure/result-set-schema.ts';
import { bootLaneSchema } from './vm-document.ts';

const outcome = z.enum(['completed', 'failed', 'timeout']);

const runs = z.array(
  z.strictObject({
    iteration: z.int(),
    parameters: parametersSchema,
    warmup: z.boolean(),
    outcome,
    totalMs: z.number().optional(),
    directory: z.string(),
    failure: z.strictObject({ code: z.string(), message: z.string() }).optional(),
  }),
);

export const benchBootDocument = {
  directory: z.string(),
  resultPath: z.string(),
  runs,
  /** Of the last completed boot. */
  lanes: z.array(bootLaneSchema),
  result: resultSetSchema,
};

const side = z.strictObject({ settings: parametersSchema, resultPath: z.string() });

export const benchAbDocument = {
  directory: z.string(),
  a: side,
  b: side,
  /** Boots a side, and why so many. */
  number: z.strictObject({
    perSide: z.int(),
    pilot: z.strictObject({ perSide: z.int(), needed: z.int().optional() }).optional(),
    sentence: z.string(),
  }),
  runs,
  comparison: comparisonDocument,
  judgedBy: z.strictObject({
    metrics: z.array(z.string()),
    tolerancePercent: z.number().optional(),
    tolerancePercentOf: z.record(z.string(), z.number()),
    betterOf: z.record(z.string(), betterSchema),
    accept: z.array(z.string()),
    seed: z.int().optional(),
  }),
};
