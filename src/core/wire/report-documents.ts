import { z } from 'zod';

const version = { schemaVersion: z.literal(1) };
const parameters = z.record(z.string(), z.union([z.string(), z.number()]));
const change = z.enum(['regressed', 'improved', 'unchanged', 'inconclusive']);
const verdict = z.enum(['passed', 'regressed', 'inconclusive']);
const count = z.int();

const file = z.strictObject({
  format: z.enum(['markdown', 'html', 'junit', 'svg', 'step-summary', 'json']),
  path: z.string(),
  bytes: count,
});

const point = z.strictObject({
  runId: z.string(),
  label: z.string().optional(),
  at: z.iso.datetime(),
  commit: z.string().optional(),
  tier: z.union([z.literal(1), z.literal(2), z.literal(3)]).optional(),
  hardware: z.string(),
  notes: z.array(z.string()),
  count,
  failed: count,
  timeout: count,
  median: z.number().optional(),
  low: z.number().optional(),
  high: z.number().optional(),
  change: change.optional(),
  verdict: verdict.optional(),
});

const course = z.strictObject({
  hardware: z.string(),
  trend: z
    .strictObject({
      direction: z.enum(['rising', 'falling', 'level']),
      runs: count,
      changePercent: z.number(),
      lowPercent: z.number(),
      highPercent: z.number(),
    })
    .optional(),
  hint: z
    .strictObject({ index: count, before: z.number(), after: z.number(), pValue: z.number(), runId: z.string() })
    .optional(),
});

const history = {
  series: z.array(
    z.strictObject({
      guest: z.string(),
      arch: z.string(),
      workload: z.string(),
      metric: z.string(),
      unit: z.string(),
      parameters,
      points: z.array(point),
      courses: z.array(course),
    }),
  ),
  hardware: z.array(z.strictObject({ name: z.string(), description: z.string() })),
  unreadable: z.array(z.strictObject({ path: z.string(), problem: z.string() })),
};

export const reportDocumentSchemas = {
  'bench-report': z.strictObject({
    ...version,
    verdict,
    reasons: z.array(z.string()),
    files: z.array(file),
    /** The one report that was asked for without a place for it. */
    text: z.string().optional(),
    annotations: z.string().optional(),
    notes: z.array(z.string()),
  }),
  'bench-history': z.strictObject({ ...version, root: z.string(), ...history, files: z.array(file).optional() }),
  /** data.json of `bench history --export`. */
  'bench-history-data': z.strictObject({
    ...version,
    exportedAt: z.iso.datetime(),
    commitUrl: z.string().optional(),
    ...history,
  }),
} as const;
