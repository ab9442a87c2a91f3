import { createOtlpExporter } from '../../src/checker/export/otlp-exporter.ts';
import { startOtlpPush } from '../../src/checker/export/otlp-push.ts';
import { checkerResource } from '../../src/checker/export/resource.ts';
import { toResourceMetrics } from '../../src/checker/export/resource-metrics.ts';
import { checkConfig } from '../../src/core/checker/config.ts';
import type { Sample } from '../../src/core/telemetry/reading.ts';
import { moment, sample } from './checker-readings.ts';

/** What of a decoded request the tests look at: the JSON form of Python's and of protobufjs' decoder. */
export interface DecodedRequest {
  readonly resourceMetrics: readonly {
    readonly schemaUrl: string;
    readonly resource: { readonly attributes: readonly DecodedAttribute[] };
    readonly scopeMetrics: readonly { readonly metrics: readonly DecodedMetric[] }[];
  }[];
}

interface DecodedAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface DecodedMetric {
  readonly name: string;
  readonly unit: string;
  readonly gauge?: { readonly dataPoints: readonly DecodedPoint[] };
  readonly sum?: { readonly dataPoints: readonly DecodedPoint[]; readonly isMonotonic?: boolean };
}

interface DecodedPoint {
  readonly timeUnixNano: string;
  readonly startTimeUnixNano?: string;
  readonly attributes: readonly DecodedAttribute[];
}

export const metricOf = (request: DecodedRequest, name: string) =>
  request.resourceMetrics[0]?.scopeMetrics[0]?.metrics.find((metric) => metric.name === name);

export const attributesOf = (attributes: readonly DecodedAttribute[] = []) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

/** Of the samples whose frequency is in the request. */
export const sequencesOf = (request: DecodedRequest): readonly number[] =>
  (metricOf(request, 'system.cpu.frequency')?.gauge?.dataPoints ?? []).map(
    ({ timeUnixNano }) => (Number(BigInt(timeUnixNano) / 1_000_000n) - moment) / 250,
  );

const identity = { hostId: 'machine', hostname: 'guest', hostIp: '192.0.2.1', agentId: '' };

/** The real push with the real exporter; every `add` is two samples and a batch. */
export function realPush(otlp: Readonly<Record<string, unknown>>) {
  const { config } = checkConfig({ otlp, vm: { id: 'vm-1', name: 'demo' } });
  if (config?.otlp === undefined) throw new Error('not a configuration');
  const resource = checkerResource(config, identity, '1.2.3');
  const form = { resource, version: '1.2.3', semconv: 'current', hostId: 'machine', vmId: 'vm-1' } as const;
  const lines: string[] = [];
  let clock = 0;
  let sequence = 0;
  const push = startOtlpPush(createOtlpExporter(config.otlp), {
    intervalMs: config.otlp.interval,
    queueSize: config.otlp.queue_size,
    graceMs: 20_000,
    pauseMs: { first: 20, most: 100 },
    now: () => clock,
    toMetrics: (readings) => toResourceMetrics(readings, form),
    log: (line) => lines.push(line),
  });
  const next = (): Sample => {
    sequence += 1;
    return sample(sequence);
  };
  return {
    push,
    lines,
    addBatch(): void {
      push.add(next());
      clock += config.otlp?.interval ?? 0;
      push.add(next());
    },
  };
}

/** 1 … count. */
export const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
