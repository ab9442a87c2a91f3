import { z } from 'zod';
import { families } from '../bootstrap/family.ts';
import { stepOutcomes } from '../bootstrap/record.ts';
import { profiles } from '../bootstrap/steps.ts';

/** Of `vm-bootstrap`: the steps that were run, or with `--list` every step that there is. */
export const bootstrapSchema = z.strictObject({
  vm: z.string(),
  guest: z.strictObject({ family: z.enum(families), system: z.string(), profile: z.enum(profiles) }).optional(),
  steps: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      families: z.array(z.enum(families)),
      profile: z.enum(profiles),
      needs: z.enum(['proxy', 'ca']).optional(),
      outcome: z.enum(stepOutcomes).optional(),
      detail: z.string().optional(),
      at: z.iso.datetime().optional(),
      durationMs: z.number().optional(),
    }),
  ),
});

export type BootstrapDocument = z.infer<typeof bootstrapSchema>;
