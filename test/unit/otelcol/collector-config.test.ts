import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { collectorConfig } from '../../../src/core/otelcol/collector-config.ts';
import { projectRoot } from '../project/source-tree.ts';

/** The parts that are used, after the Collector's reference of version 0.154.0. No collector was run with it. */
const address = z.string().regex(/^[^\s:/]+:\d+$/);
const nothing = z.null();
const configuration = z.strictObject({
  receivers: z.strictObject({
    otlp: z.strictObject({
      protocols: z.strictObject({
        grpc: z.strictObject({ endpoint: address }),
        http: z.strictObject({ endpoint: address }),
      }),
    }),
    host_metrics: z
      .strictObject({
        collection_interval: z.string(),
        scrapers: z.partialRecord(
          z.enum(['cpu', 'disk', 'load', 'filesystem', 'memory', 'network', 'paging', 'system']),
          nothing,
        ),
      })
      .optional(),
  }),
  processors: z.strictObject({
    memory_limiter: z.strictObject({ check_interval: z.string(), limit_mib: z.int() }),
    resource: z
      .strictObject({
        attributes: z.array(
          z.strictObject({ key: z.string(), value: z.string(), action: z.enum(['insert', 'update', 'upsert']) }),
        ),
      })
      .optional(),
    transform: z
      .strictObject({
        metric_statements: z.array(
          z.strictObject({ context: z.literal('datapoint'), statements: z.array(z.string()) }),
        ),
      })
      .optional(),
    batch: z.strictObject({ timeout: z.string() }),
  }),
  exporters: z.strictObject({
    otlp_grpc: z.strictObject({ endpoint: address, tls: z.strictObject({ insecure: z.boolean() }) }),
  }),
  service: z.strictObject({
    pipelines: z.strictObject({
      metrics: z.strictObject({
        receivers: z.array(z.string()),
        processors: z.array(z.string()),
        exporters: z.array(z.string()),
      }),
    }),
  }),
});

const cases = {
  'guest.yaml': { for: 'guest', endpoint: '10.0.2.2:4317', tls: false, attributes: {}, legacy: false },
  'host.yaml': {
    for: 'host',
    endpoint: 'metrics.example:4317',
    tls: true,
    hostService: 'macos-host-monitor',
    attributes: { 'deployment.environment.name': 'test', odd: 'a: "b" # c' },
    legacy: true,
  },
} as const;

describe.each(Object.entries(cases))('the configuration of a collector: %s', (file, request) => {
  const text = collectorConfig(request);

  it('is what it was [R-13] [R-79] [R-80] [R-83] [R-89] [R-90]', () => {
    const path = join(projectRoot, 'test/golden/otelcol', file);
    if (process.env['SYSMONVM_UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
    expect(text).toBe(readFileSync(path, 'utf8'));
  });

  it('is read back whole, and every part that a pipeline names is there', () => {
    const { service, ...parts } = configuration.parse(parse(text));
    const { metrics } = service.pipelines;
    for (const kind of ['receivers', 'processors', 'exporters'] as const)
      expect(metrics[kind]).toEqual(Object.keys(parts[kind]));
    expect(
      Object.fromEntries((parts.processors.resource?.attributes ?? []).map(({ key, value }) => [key, value])),
    ).toMatchObject(request.attributes);
  });
});
