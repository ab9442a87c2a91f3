import { z } from 'zod';

const arch = z.enum(['x86_64', 'aarch64']);
const level = z.enum(['signed', 'pinned', 'tls-only', 'local']);
const origin = z.enum(['shipped', 'workspace']);
const problem = z.strictObject({ code: z.string(), message: z.string() });

export const signerSchema = z.strictObject({
  key: z.string(),
  fingerprint: z.string(),
  origin,
  hash: z.string().optional(),
  created: z.string().optional(),
  userId: z.string().optional(),
});

const facts = {
  id: z.string(),
  arch,
  name: z.string(),
  kind: z.enum(['vendor', 'local']),
  origin,
  release: z.string().optional(),
  version: z.string().optional(),
  build: z.string().optional(),
  level,
  trust: z.string(),
  key: z.strictObject({ id: z.string(), fingerprint: z.string(), origin }).optional(),
  digest: z.string().optional(),
  sizeBytes: z.number().optional(),
  releasedOn: z.string().optional(),
  ageDays: z.int().optional(),
  verifiedAt: z.string().optional(),
  verifiedDaysAgo: z.int().optional(),
  stale: z.boolean(),
  cached: z
    .strictObject({ path: z.string(), sizeBytes: z.number(), since: z.string(), usedBy: z.array(z.string()) })
    .optional(),
};

const keySchema = z.strictObject({
  id: z.string(),
  fingerprint: z.string(),
  origin,
  file: z.string(),
  form: z.enum(['detached', 'clearsigned']),
  userId: z.string().optional(),
  expires: z.string().optional(),
  refused: problem.optional(),
  images: z.array(z.string()),
});

const page = z.strictObject({
  ...facts,
  levelMeans: z.string(),
  reason: z.string().optional(),
  toRaise: z.string().optional(),
  urls: z.array(z.string()),
  virtualSizeBytes: z.number().optional(),
  checksums: z.strictObject({ url: z.string(), sha256: z.string().optional() }).optional(),
  signature: z.strictObject({ url: z.string(), form: z.string(), sha256: z.string().optional() }).optional(),
  signer: signerSchema.optional(),
  keyState: z
    .strictObject({ userId: z.string().optional(), expires: z.string().optional(), refused: problem.optional() })
    .optional(),
  verifiedWith: z.string().optional(),
  evidence: z.enum(['complete', 'incomplete', 'none']),
  recipe: z.string().optional(),
});

const verified = z.strictObject({
  id: z.string(),
  arch,
  digest: z.string(),
  level,
  bytes: z.enum(['right', 'not-cached', 'wrong']),
  signature: z.enum(['good', 'bad', 'not-kept', 'none']),
  signer: signerSchema.optional(),
  stale: z.boolean(),
  verifiedDaysAgo: z.int().optional(),
  problem: problem.optional(),
});

const updated = z.strictObject({
  id: z.string(),
  arch,
  outcome: z.enum(['current', 'verified', 'behind', 'updated', 'not-checkable', 'failed']),
  level,
  changes: z.array(z.strictObject({ field: z.string(), from: z.string(), to: z.string() })),
  signer: signerSchema.optional(),
  reason: z.string().optional(),
  problem: problem.optional(),
});

const version = { schemaVersion: z.literal(1) };

export const imageDocumentSchemas = {
  image: z.strictObject({
    ...version,
    image: z.strictObject({
      id: z.string(),
      arch,
      level: z.string(),
      digest: z.string(),
      path: z.string(),
      sizeBytes: z.number(),
      source: z.enum(['downloaded', 'built', 'cached', 'exported', 'imported']),
    }),
  }),
  'image-list': z.strictObject({ ...version, images: z.array(z.strictObject(facts)) }),
  'image-added': z.strictObject({ ...version, image: z.strictObject(facts) }),
  'image-page': z.strictObject({ ...version, image: page }),
  'image-verify': z.strictObject({ ...version, images: z.array(verified) }),
  'image-update': z.strictObject({
    ...version,
    check: z.boolean(),
    lockFile: z.string().optional(),
    images: z.array(updated),
  }),
  'image-key': z.strictObject({ ...version, key: keySchema }),
  'image-keys': z.strictObject({ ...version, keys: z.array(keySchema) }),
} as const;
