import { z } from 'zod';
import { artifactDocumentSchemas } from './artifact-documents.ts';
import { benchAbDocument, benchBootDocument } from './bench-documents.ts';
import { bootstrapSchema } from './bootstrap-documents.ts';
import { checkerDocumentSchemas } from './checker-documents.ts';
import { hostCollectorDocumentSchemas } from './host-collector-documents.ts';
import { imageDocumentSchemas } from './image-documents.ts';
import { measureDocumentSchemas } from './measure-documents.ts';
import { mediaDocumentSchemas } from './media-documents.ts';
import { poolSchema } from './pool-documents.ts';
import { probeSchema } from './probe-documents.ts';
import { reportDocumentSchemas } from './report-documents.ts';
import { templateSchema } from './template-documents.ts';
import { portSchema, vmSchema } from './vm-document.ts';
import { workloadDocumentSchemas } from './workload-documents.ts';

const version = { schemaVersion: z.literal(1) };
const answer = { outcome: z.enum(['accepted', 'ignored']), reason: z.string().optional(), vm: vmSchema };
const difference = z.strictObject({
  field: z.string(),
  from: z.unknown(),
  to: z.unknown(),
  needs: z.enum(['nothing', 'live', 'restart', 'recreate']),
});
const removal = z.strictObject({
  what: z.string(),
  path: z.string().optional(),
  reason: z.string(),
  bytes: z.number().optional(),
});
const sshTarget = z.strictObject({
  host: z.literal('127.0.0.1'),
  port: z.int(),
  user: z.string(),
  privateKeyPath: z.string(),
  hostPublicKey: z.string(),
  knownHostsPath: z.string(),
});
const tool = z.strictObject({
  tool: z.string(),
  status: z.enum(['present', 'missing', 'too-old', 'known-bad']),
  required: z.boolean(),
  path: z.string().optional(),
  version: z.string().optional(),
  minimumVersion: z.string().optional(),
  neededFor: z.string(),
  package: z.string().optional(),
  note: z.string().optional(),
});
const configFinding = z.looseObject({ message: z.string(), field: z.string().optional(), line: z.int().optional() });

/** The document of every command, by the name that its declaration gives; with `--json` nothing else is printed. */
export const documentSchemas = {
  answer: z.strictObject({ ...version, ...answer }),
  'vm-set': z.strictObject({ ...version, ...answer, differences: z.array(difference) }),
  up: z.strictObject({
    ...version,
    ...answer,
    action: z.enum(['created', 'started', 'kept', 'restarted', 'recreated']),
    differences: z.array(difference),
  }),
  vm: z.strictObject({ ...version, vm: vmSchema }),
  template: z.strictObject({ ...version, template: templateSchema }),
  'template-list': z.strictObject({ ...version, templates: z.array(templateSchema) }),
  'bench-ab': z.strictObject({ ...version, ...benchAbDocument }),
  'bench-boot': z.strictObject({ ...version, ...benchBootDocument }),
  fork: z.strictObject({ ...version, template: z.string(), forks: z.array(z.strictObject(answer)) }),
  bootstrap: z.strictObject({ ...version, bootstrap: bootstrapSchema }),
  'collector-config': z.strictObject({
    ...version,
    for: z.enum(['guest', 'host']),
    endpoint: z.string(),
    text: z.string(),
  }),
  'vm-probe': z.strictObject({ ...version, vm: z.string(), probe: probeSchema }),
  pool: z.strictObject({ ...version, pool: poolSchema }),
  'pool-list': z.strictObject({ ...version, pools: z.array(poolSchema) }),
  'vm-list': z.strictObject({ ...version, vms: z.array(vmSchema) }),
  'vm-snapshots': z.strictObject({
    ...version,
    vm: z.string(),
    snapshots: z.array(
      z.strictObject({
        name: z.string(),
        createdAt: z.iso.datetime(),
        memory: z.boolean(),
        memoryBytes: z.number().optional(),
      }),
    ),
  }),
  port: z.strictObject({ ...version, vm: z.string(), port: portSchema }),
  ports: z.strictObject({ ...version, vm: z.string(), ports: z.array(portSchema) }),
  'port-removed': z.strictObject({ ...version, vm: z.string(), removed: z.strictObject({ host: z.int() }) }),
  removals: z.strictObject({ ...version, vm: z.string().optional(), dryRun: z.boolean(), removals: z.array(removal) }),
  exec: z.union([
    z.strictObject({
      ...version,
      exitCode: z.int(),
      signal: z.string().optional(),
      stdout: z.string(),
      stderr: z.string(),
      truncated: z.boolean(),
    }),
    z.strictObject({ ...version, program: z.literal('ssh'), args: z.array(z.string()), target: sshTarget }),
  ]),
  'ssh-config': z.strictObject({ ...version, vm: z.string(), target: sshTarget, text: z.string() }),
  copy: z.strictObject({
    ...version,
    vm: z.string(),
    direction: z.enum(['upload', 'download']),
    local: z.string(),
    remote: z.string(),
  }),
  /** The console has no document: with --json it is refused. */
  console: z.never(),
  logs: z.union([
    z.strictObject({ ...version, vm: z.string(), source: z.string(), lines: z.array(z.string()) }),
    z.strictObject({ ...version, vm: z.string(), source: z.string(), line: z.string() }),
  ]),
  event: z.strictObject({
    ...version,
    type: z.string(),
    timestamp: z.number(),
    generation: z.int(),
    vm: z.string(),
    vmId: z.string(),
    runId: z.string().optional(),
    requestId: z.string(),
    data: z.record(z.string(), z.unknown()).optional(),
  }),
  df: z.strictObject({
    ...version,
    totalBytes: z.number(),
    uses: z.array(
      z.strictObject({
        what: z.enum(['image', 'template', 'vm', 'logs', 'partial', 'other']),
        name: z.string(),
        path: z.string(),
        bytes: z.number(),
        usedBy: z.array(z.string()),
      }),
    ),
  }),
  'host-setup': z.strictObject({
    ...version,
    tools: z.array(tool),
    install: z
      .strictObject({
        manager: z.enum(['brew', 'apt', 'dnf', 'zypper', 'pacman']),
        packages: z.array(z.string()),
        commands: z.array(z.array(z.string())),
      })
      .optional(),
    installed: z.boolean(),
    workspace: z.strictObject({ path: z.string(), created: z.array(z.string()) }),
  }),
  doctor: z.strictObject({
    ...version,
    findings: z.array(
      z.strictObject({
        id: z.string(),
        status: z.enum(['ok', 'warning', 'problem']),
        summary: z.string(),
        remedy: z.string().optional(),
      }),
    ),
    accelerator: z
      .looseObject({ accelerator: z.enum(['kvm', 'hvf']), usable: z.boolean(), reason: z.string() })
      .optional(),
    bundle: z.strictObject({ path: z.string(), files: z.array(z.string()) }).optional(),
  }),
  ...hostCollectorDocumentSchemas,
  ...imageDocumentSchemas,
  ...checkerDocumentSchemas,
  ...artifactDocumentSchemas,
  ...mediaDocumentSchemas,
  ...measureDocumentSchemas,
  ...workloadDocumentSchemas,
  ...reportDocumentSchemas,
  plan: z.strictObject({
    ...version,
    plan: z.looseObject({ schemaVersion: z.int(), name: z.string() }),
    choices: z.array(z.strictObject({ what: z.string(), value: z.string(), reason: z.string() })),
    qemu: z.strictObject({ path: z.string(), args: z.array(z.string()) }),
  }),
  config: z.strictObject({
    ...version,
    path: z.string(),
    workspace: z.string(),
    settings: z.array(
      z.strictObject({
        setting: z.string(),
        value: z.unknown(),
        shown: z.string(),
        from: z.string(),
        origin: z.looseObject({ from: z.enum(['default', 'file', 'env', 'flag']) }),
      }),
    ),
  }),
  'config-validate': z.strictObject({
    ...version,
    path: z.string(),
    exists: z.boolean(),
    valid: z.boolean(),
    findings: z.array(configFinding),
  }),
  'config-schema': z.strictObject({ ...version, schema: z.record(z.string(), z.unknown()) }),
  explain: z.strictObject({
    ...version,
    code: z.string(),
    kind: z.string(),
    exitCode: z.int(),
    cause: z.string(),
    remedy: z.string(),
  }),
  version: z.looseObject({ ...version }),
  completion: z.strictObject({ ...version, shell: z.enum(['bash', 'zsh', 'fish']), script: z.string() }),
  /** On standard error, whatever the command. */
  error: z.strictObject({
    ...version,
    error: z.strictObject({
      code: z.string(),
      kind: z.string(),
      message: z.string(),
      details: z.record(z.string(), z.unknown()),
      next: z.array(z.string()),
    }),
  }),
} as const;

export type DocumentName = keyof typeof documentSchemas;
