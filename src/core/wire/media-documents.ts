import { z } from 'zod';

export const mediaDocumentSchemas = {
  'boot-proof': z.strictObject({
    schemaVersion: z.literal(1),
    log: z.string(),
    booted: z.boolean(),
    found: z.strictObject({ table: z.string(), marker: z.string(), line: z.int(), text: z.string() }).optional(),
    failure: z.string().optional(),
    tables: z.array(z.string()),
  }),
};
