import { z } from 'zod';
import type { CriterionResult } from './criterion-result.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { ResultSet } from './result-set.ts';

export const parametersSchema = z.record(z.string(), z.union([z.string(), z.number()]));

export const machineSchema: z.ZodType<NonNullable<Fingerprint['machine']>> = z.object({
  arch: z.string(),
  accelerator: z.enum(['kvm', 'hvf', 'tcg']),
  emulated: z.boolean(),
  qemuVersion: z.string(),
  machineType: z.string(),
  cpuModel: z.string(),
  cpus: z.int(),
  memoryMib: z.number(),
  firmware: z.string().exactOptional(),
  container: z.string().exactOptional(),
  acceleratorReason: z.string().exactOptional(),
  network: z.string().exactOptional(),
  pinnedCpus: z.array(z.int()).exactOptional(),
  reproducible: z.literal(true).exactOptional(),
});

const fingerprintSchema: z.ZodType<Fingerprint> = z.object({
  host: z.object({
    cpuModel: z.string(),
    cpuCount: z.int(),
    memoryMib: z.number(),
    platform: z.enum(['linux', 'darwin']),
    release: z.string(),
    arch: z.string(),
  }),
  machine: machineSchema.exactOptional(),
  tools: z.record(z.string(), z.string()),
});

export const criterionSchema: z.ZodType<CriterionResult> = z.object({
  workload: z.string(),
  metric: z.string(),
  parameters: parametersSchema,
  profile: z.string(),
  condition: z.enum(['>=', '<=', '>', '<', '==']),
  threshold: z.number(),
  unit: z.string(),
  value: z.number().exactOptional(),
  met: z.boolean(),
});

const tierSchema = z.union([z.literal(1), z.literal(2), z.literal(3)]);
export const betterSchema = z.enum(['lower', 'higher']);

/** What a set says beside its values. Fields that a later version adds are left alone. */
export const resultSetFacts = {
  schemaVersion: z.literal(1),
  kind: z.enum(['boot', 'workloads']),
  runId: z.string().min(1),
  label: z.string().exactOptional(),
  guest: z.string().min(1),
  arch: z.string().min(1),
  profile: z.string().exactOptional(),
  tier: tierSchema.exactOptional(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  commit: z.string().exactOptional(),
  fingerprint: fingerprintSchema,
};

export const resultSetSchema: z.ZodType<ResultSet> = z.object({
  ...resultSetFacts,
  attempts: z.array(
    z.object({
      workload: z.string().min(1),
      parameters: parametersSchema,
      iteration: z.int(),
      outcome: z.enum(['completed', 'failed', 'timeout']),
      at: z.iso.datetime(),
      code: z.string().exactOptional(),
      message: z.string().exactOptional(),
    }),
  ),
  series: z.array(
    z.object({
      workload: z.string().min(1),
      metric: z.string().min(1),
      unit: z.string(),
      parameters: parametersSchema,
      definition: z
        .object({
          better: betterSchema,
          floor: z.number().min(0),
          tolerancePercent: z.number().min(0),
          reason: z.string(),
        })
        .partial()
        .exactOptional() as z.ZodType<ResultSet['series'][number]['definition']>,
      values: z.array(z.number()),
    }),
  ) as z.ZodType<ResultSet['series']>,
  unfinished: z.literal(true).exactOptional(),
  criteria: z.array(criterionSchema).exactOptional(),
});
