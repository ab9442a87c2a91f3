import { z } from 'zod';
import { checkerSecurities } from '../checker-install/guest-places.ts';

const version = { schemaVersion: z.literal(1) };
const from = z.enum(['node', 'go', 'file']);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const target = z.strictObject({ os: z.enum(['linux', 'darwin']), arch: z.enum(['x64', 'arm64']) });

const sample = z.strictObject({
  timestamp: z.string(),
  cpus: z.array(
    z.strictObject({
      cpu: z.int(),
      usagePercent: z.number().optional(),
      frequency: z
        .strictObject({ hz: z.number(), source: z.string().optional(), quality: z.string().optional() })
        .optional(),
    }),
  ),
  memory: z.strictObject({ usedBytes: z.number(), totalBytes: z.number() }).optional(),
});

export const checkerDocumentSchemas = {
  'checker-build': z.strictObject({
    ...version,
    built: z.boolean(),
    checker: z.strictObject({
      target,
      path: z.string(),
      digest,
      bytes: z.int(),
      compressed: z.strictObject({ path: z.string(), bytes: z.int() }),
      from,
      nodeVersion: z.string().optional(),
      codeDigest: digest.optional(),
    }),
    signing: z.string().optional(),
  }),
  'vm-install': z.strictObject({
    ...version,
    vm: z.string(),
    action: z.enum(['installed', 'up-to-date', 'status', 'removed']),
    installed: z.boolean(),
    service: z.string().optional(),
    health: z.string().optional(),
    security: z.enum(checkerSecurities).optional(),
    address: z.string().optional(),
    certificates: z.string().optional(),
    checker: z.strictObject({ digest, bytes: z.int(), from }).optional(),
    sample: sample.optional(),
    removed: z.array(z.string()).optional(),
    problem: z.string().optional(),
  }),
} as const;
