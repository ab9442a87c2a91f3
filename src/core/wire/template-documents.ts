import { z } from 'zod';
import { templatePartNames } from '../template/template.ts';

export const templateSchema = z.strictObject({
  name: z.string(),
  id: z.string(),
  createdAt: z.iso.datetime(),
  automatic: z.boolean(),
  from: z.union([
    z.strictObject({ kind: z.literal('booted') }),
    z.strictObject({ kind: z.literal('taken'), vm: z.string() }),
  ]),
  image: z.string(),
  arch: z.enum(['x86_64', 'aarch64']),
  accelerator: z.enum(['hvf', 'kvm', 'tcg']),
  cpus: z.int(),
  memoryMib: z.int(),
  diskGib: z.number(),
  key: z.string(),
  inputs: z.record(z.string(), z.string()),
  features: z.strictObject({
    qemuVersion: z.string(),
    fileTransport: z.boolean(),
    readOnlyRam: z.boolean(),
    mappedRam: z.boolean(),
  }),
  services: z.array(z.string()),
  macAddress: z.string(),
  parts: z.array(
    z.strictObject({
      name: z.enum(templatePartNames),
      bytes: z.number(),
      allocatedBytes: z.number(),
      digest: z.string(),
    }),
  ),
  directory: z.string(),
  allocatedBytes: z.number(),
  usedBy: z.array(z.string()),
  refused: z.strictObject({ code: z.string(), message: z.string() }).optional(),
});

export type TemplateDocument = z.infer<typeof templateSchema>;
