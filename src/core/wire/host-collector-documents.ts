import { z } from 'zod';

const version = { schemaVersion: z.literal(1) };
const common = {
  ...version,
  os: z.enum(['linux', 'darwin']),
  dryRun: z.boolean(),
  /** As a person would type them. */
  steps: z.array(z.string()),
};

export const hostCollectorDocumentSchemas = {
  'host-install': z.strictObject({
    ...common,
    service: z.string(),
    config: z.string(),
    listen: z.strictObject({ host: z.string(), port: z.int() }),
    vms: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  }),
  'host-uninstall': z.strictObject(common),
  'host-package': z.strictObject({
    ...common,
    arch: z.enum(['x86_64', 'aarch64']),
    files: z.array(z.strictObject({ format: z.enum(['tar.gz', 'deb', 'rpm', 'pkg']), path: z.string() })),
  }),
} as const;
