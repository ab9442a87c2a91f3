import type { z } from 'zod';
import {
  bootReportSchema,
  bootTimeSchema,
  measurementsSchema,
  summarySchema,
} from '../measure/artifacts/artifact-schemas.ts';
import { comparisonDocument } from '../measure/comparison-schema.ts';
import { baselineSchema } from '../measure/judging/baseline-file.ts';
import { resultSetSchema } from '../measure/result-set-schema.ts';

/** Files that measurements leave, by the name of the schema that is published for each. */
export const publishedSchemas: Readonly<Record<string, { readonly title: string; readonly schema: z.ZodType }>> = {
  'boot-time': { title: 'boot_time.json of sysmonvm: one boot', schema: bootTimeSchema },
  measurements: { title: 'measurements-<stamp>.json of sysmonvm: what a run knows', schema: measurementsSchema },
  'boot-report': { title: 'boot-report-<stamp>.json of sysmonvm: what was recognised', schema: bootReportSchema },
  summary: { title: 'summary.json of sysmonvm: the history of one guest', schema: summarySchema },
  'result-set': { title: 'results of `bench boot` and `bench run` of sysmonvm', schema: resultSetSchema },
  baseline: { title: 'a baseline of sysmonvm', schema: baselineSchema },
  comparison: { title: 'what `bench compare --json` of sysmonvm prints', schema: comparisonDocument },
};
