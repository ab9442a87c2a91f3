import { z } from 'zod';
import { markNames, stateKinds } from '../vm/vm-state.ts';
import { signerSchema } from './image-documents.ts';

const time = z.iso.datetime();
const arch = z.enum(['x86_64', 'aarch64']);

export const portSchema = z.strictObject({ guest: z.int(), host: z.int(), purpose: z.enum(['ssh', 'user']) });

const imageSchema = z.strictObject({
  id: z.string(),
  arch,
  kind: z.enum(['vendor', 'local', 'file']),
  level: z.enum(['signed', 'pinned', 'tls-only', 'local']),
  digest: z.string().optional(),
  virtualSizeBytes: z.int().optional(),
  title: z.string().optional(),
  entry: z
    .strictObject({ origin: z.enum(['shipped', 'workspace']), version: z.string(), build: z.string() })
    .optional(),
  signer: signerSchema.optional(),
  url: z.string().optional(),
  sizeBytes: z.int().optional(),
  recipe: z.string().optional(),
  path: z.string().optional(),
});

export const bootLaneSchema = z.strictObject({
  source: z.enum(['host', 'console', 'systemd', 'cloud-init']),
  title: z.string(),
  shiftErrorMs: z.number().exactOptional(),
  spans: z.array(z.strictObject({ name: z.string(), startMs: z.number(), endMs: z.number() })),
});

const lastExitSchema = z.strictObject({
  at: time,
  reason: z.enum(['stopped', 'powered-off', 'killed', 'crashed', 'host-rebooted', 'unknown']),
  exitCode: z.int().optional(),
  message: z.string().optional(),
});

const failureSchema = z.strictObject({
  at: time,
  stage: z.enum([...markNames, 'launch', 'running']),
  code: z.string(),
  message: z.string(),
  consoleTail: z.array(z.string()),
  qemuTail: z.array(z.string()),
});

/** A VM in JSON documents. What is not known is absent, never 0. */
export const vmSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  generation: z.int(),
  state: z.enum(stateKinds),
  summary: z.string(),
  difference: z.string().optional(),
  createdAt: time,
  expiresAt: time.optional(),
  owner: z.strictObject({ pid: z.int(), alive: z.boolean() }).optional(),
  ephemeral: z.boolean(),
  pool: z.strictObject({ template: z.string(), expiresAt: time }).optional(),
  image: imageSchema,
  arch,
  accelerator: z.enum(['hvf', 'kvm', 'tcg']),
  cpus: z.int(),
  memoryMib: z.int(),
  diskGib: z.number(),
  network: z.enum(['user', 'none', 'bridged']),
  pid: z.int().optional(),
  memory: z.strictObject({ residentBytes: z.int(), privateBytes: z.int().optional() }).optional(),
  template: z.strictObject({ name: z.string(), id: z.string() }).optional(),
  mac: z.strictObject({ address: z.string(), note: z.string() }).optional(),
  user: z.string(),
  ssh: z.strictObject({ host: z.literal('127.0.0.1'), port: z.int(), user: z.string() }).optional(),
  ports: z.array(portSchema),
  boot: z.array(
    z.strictObject({ name: z.enum(markNames), at: time, source: z.enum(['host', 'console', 'qmp', 'ssh', 'guest']) }),
  ),
  bootMs: z.number().optional(),
  bootLanes: z.array(bootLaneSchema),
  lastExit: lastExitSchema.optional(),
  failure: failureSchema.optional(),
  warnings: z.array(z.string()),
  qemu: z.strictObject({ version: z.string(), digest: z.string() }),
  firmware: z.strictObject({ path: z.string(), digest: z.string() }).optional(),
  directory: z.string(),
  diskUsageBytes: z.number(),
});

export type VmDocument = z.infer<typeof vmSchema>;
