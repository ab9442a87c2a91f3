import { z } from 'zod';

export const poolSchema = z.strictObject({
  template: z.string(),
  size: z.int(),
  ready: z.int(),
  ttlMs: z.int(),
  filledBy: z.strictObject({ pid: z.int() }).optional(),
  members: z.array(
    z.strictObject({
      vm: z.string(),
      id: z.string(),
      state: z.enum(['filling', 'ready', 'dead', 'expired']),
      pid: z.int().optional(),
      expiresAt: z.iso.datetime(),
      memory: z.strictObject({ residentBytes: z.int(), privateBytes: z.int().optional() }).optional(),
    }),
  ),
});

export type PoolDocument = z.infer<typeof poolSchema>;
