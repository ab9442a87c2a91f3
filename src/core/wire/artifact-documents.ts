import { z } from 'zod';
import { bootTimeSchema, summarySchema } from '../measure/artifacts/artifact-schemas.ts';

const version = { schemaVersion: z.literal(1) };

export const artifactDocumentSchemas = {
  'bench-merge': z.strictObject({
    ...version,
    path: z.string(),
    inputs: z.strictObject({
      measurements: z.string().optional(),
      report: z.string(),
      resources: z.string(),
      bootLog: z.string(),
    }),
    bootTime: bootTimeSchema,
  }),
  'bench-summarize': z.strictObject({ ...version, path: z.string(), summary: summarySchema }),
} as const;
