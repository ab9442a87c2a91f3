import { z } from 'zod';
import { comparisonDocument } from '../measure/comparison-schema.ts';
import { resultSetFacts } from '../measure/result-set-schema.ts';

const version = { schemaVersion: z.literal(1) };
const act = { setBy: z.string(), setAt: z.iso.datetime(), reason: z.string(), commit: z.string().optional() };

const baseline = z.strictObject({
  path: z.string(),
  tag: z.string(),
  arch: z.string(),
  name: z.string(),
  ...act,
  previous: z.array(z.strictObject(act)),
  measured: z.strictObject({
    kind: resultSetFacts.kind,
    runId: z.string(),
    guest: z.string(),
    startedAt: z.iso.datetime(),
    fingerprint: resultSetFacts.fingerprint,
    series: z.array(
      z.strictObject({
        workload: z.string(),
        metric: z.string(),
        unit: z.string(),
        parameters: z.record(z.string(), z.union([z.string(), z.number()])),
        count: z.int(),
        center: z.number().optional(),
        min: z.number().optional(),
        max: z.number().optional(),
      }),
    ),
  }),
});

export type BaselineDocument = z.infer<typeof baseline>;

export const measureDocumentSchemas = {
  comparison: comparisonDocument,
  gate: z.union([comparisonDocument, z.strictObject({ ...version, skipped: z.literal(true), reason: z.string() })]),
  baseline: z.strictObject({ ...version, baseline }),
  'baseline-set': z.union([
    z.strictObject({ ...version, baseline }),
    z.strictObject({ ...version, average: z.strictObject({ path: z.string(), avgMs: z.number(), note: z.string() }) }),
  ]),
  'baseline-list': z.strictObject({ ...version, baselines: z.array(baseline) }),
} as const;
