import { randomBytes } from 'node:crypto';
import type { CheckerConfig, ListenAddress } from '../../core/checker/config.ts';
import type { Identity } from '../../core/checker/payload.ts';
import type { Reading } from '../../core/telemetry/reading.ts';
import type { Sampler } from '../sampler/sampler.ts';
import { createAnswers, firstComplete } from './answers.ts';
import { serveGrpc } from './grpc-service.ts';
import { createOtlpExporter, type OtlpConfig } from './otlp-exporter.ts';
import { startOtlpPush } from './otlp-push.ts';
import { servePrometheus } from './prometheus-endpoint.ts';
import { checkerResource } from './resource.ts';
import { type MetricsForm, toResourceMetrics } from './resource-metrics.ts';

export interface Exports {
  close(): Promise<void>;
}

interface ExportsRequest {
  readonly config: CheckerConfig;
  readonly sampler: Sampler;
  readonly identity: Identity;
  readonly version: string;
  readonly log: (line: string) => void;
}

/** How long the last batches may take when the service ends. */
const lastBatchesMs = 2000;

/** gRPC, and OTLP and Prometheus where the configuration has them. What fails to start closes what has started. */
export async function startExports({ config, sampler, identity, version, log }: ExportsRequest): Promise<Exports> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  const form: MetricsForm = {
    resource: checkerResource(config, identity, version),
    version,
    semconv: config.semconv,
    hostId: identity.hostId,
    vmId: config.vm?.id ?? '',
  };
  const ownReadings: ((at: number) => Reading)[] = [];

  async function startGrpc(): Promise<void> {
    const service = await serveGrpc(config, createAnswers(sampler, identity, randomBytes(4).toString('hex')));
    closers.push(() => service.close());
    log(`grpc: listens on ${addressText(config.listen_addr, service.port)}, security ${config.security.mode}`);
  }

  function startOtlp(otlp: OtlpConfig): void {
    const push = startOtlpPush(createOtlpExporter(otlp), {
      intervalMs: otlp.interval,
      queueSize: otlp.queue_size,
      graceMs: lastBatchesMs,
      toMetrics: (readings) => toResourceMetrics(readings, form),
      log,
    });
    const stopListening = sampler.onSample((sample) => push.add(sample));
    ownReadings.push(push.dropped);
    closers.push(() => {
      stopListening();
      return push.close();
    });
    log(`otlp: sends to ${new URL(otlp.endpoint).host} by ${otlp.protocol}`);
  }

  async function startPrometheus(address: ListenAddress): Promise<void> {
    const endpoint = await servePrometheus(address, () => {
      const latest = sampler.latest();
      if (latest === undefined || latest.sequence < firstComplete) return undefined;
      return toResourceMetrics([...latest.readings, ...ownReadings.map((read) => read(latest.at))], form);
    });
    closers.push(() => endpoint.close());
    log(`prometheus: listens on ${addressText(address, endpoint.port)}`);
  }

  try {
    await startGrpc();
    if (config.otlp !== undefined) startOtlp(config.otlp);
    if (config.prometheus !== undefined) await startPrometheus(config.prometheus.listen_addr);
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

const addressText = ({ host }: ListenAddress, port: number) =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
