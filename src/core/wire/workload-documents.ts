import { z } from 'zod';
import { betterSchema, criterionSchema, parametersSchema, resultSetSchema } from '../measure/result-set-schema.ts';

const tier = z.union([z.literal(1), z.literal(2), z.literal(3)]);
const condition = z.enum(['>=', '<=', '>', '<', '==']);

const listedWorkload = z.strictObject({
  id: z.string(),
  description: z.string(),
  tiers: z.array(tier),
  tags: z.array(z.string()),
  where: z.enum(['host', 'guest', 'boot']),
  combinations: z.array(parametersSchema),
  metrics: z.array(
    z.strictObject({ name: z.string(), unit: z.string(), aggregator: z.string().optional(), better: betterSchema }),
  ),
  criteria: z.record(
    z.string(),
    z.array(z.strictObject({ metric: z.string(), condition, threshold: z.number(), when: parametersSchema })),
  ),
  repetitions: z.int(),
  warmup: z.int(),
  timeoutMs: z.number(),
  file: z.string(),
  line: z.int(),
});

export type ListedWorkload = z.infer<typeof listedWorkload>;

const version = { schemaVersion: z.literal(1) };

export const workloadDocumentSchemas = {
  'bench-run': z.union([
    z.strictObject({
      ...version,
      verdict: z.enum(['passed', 'failed']),
      blocking: z.boolean(),
      path: z.string(),
      result: resultSetSchema,
      criteria: z.array(criterionSchema),
      missing: z.array(
        z.strictObject({
          workload: z.string(),
          tiers: z.array(tier),
          parameters: parametersSchema,
          metrics: z.array(z.string()),
          reason: z.string(),
        }),
      ),
    }),
    z.strictObject({ ...version, workloads: z.array(listedWorkload) }),
  ]),
} as const;
