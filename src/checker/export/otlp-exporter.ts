import { readFileSync } from 'node:fs';
import { credentials, Metadata, status } from '@grpc/grpc-js';
import { OTLPMetricExporter as GrpcExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPMetricExporter as HttpExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { CheckerConfig } from '../../core/checker/config.ts';

export type OtlpConfig = NonNullable<CheckerConfig['otlp']>;

/** `again`: nobody answered, or asked for another try; `refused`: another try would be refused as well. */
export type SendResult =
  | { readonly outcome: 'sent' }
  | { readonly outcome: 'again' | 'refused'; readonly reason: string };

/** One attempt; OpenTelemetry's exporter repeats it within the timeout and heeds Retry-After. */
export interface OtlpExporter {
  send(metrics: ResourceMetrics): Promise<SendResult>;
  close(): Promise<void>;
}

/** https://opentelemetry.io/docs/specs/otlp/#failures */
const grpcAgain: ReadonlySet<number> = new Set([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);

export function createOtlpExporter(config: OtlpConfig): OtlpExporter {
  const isGrpc = config.protocol === 'grpc';
  const exporter = isGrpc ? grpcExporter(config) : httpExporter(config);
  /** An HTTP status comes with an error only where it is none of those that ask for another try. */
  const isRefusal = (code: unknown) => typeof code === 'number' && !(isGrpc && grpcAgain.has(code));
  const toResult = (error: Error | undefined): SendResult => {
    if (error === undefined) return { outcome: 'sent' };
    return { outcome: isRefusal(Reflect.get(error, 'code')) ? 'refused' : 'again', reason: error.message };
  };
  return {
    send: (metrics) =>
      new Promise<SendResult>((resolve) => {
        exporter.export(metrics, ({ error }) => resolve(toResult(error)));
      }).catch((error: Error) => ({ outcome: 'refused', reason: error.message })),
    close: () => exporter.shutdown(),
  };
}

function grpcExporter({ endpoint, timeout, headers, ca_file: caFile }: OtlpConfig): GrpcExporter {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return new GrpcExporter({
    url: endpoint,
    timeoutMillis: timeout,
    metadata,
    ...(caFile === undefined ? {} : { credentials: credentials.createSsl(readFileSync(caFile)) }),
  });
}

function httpExporter({ endpoint, timeout, headers, ca_file: caFile }: OtlpConfig): HttpExporter {
  const url = new URL(endpoint);
  if (url.pathname === '/') url.pathname = '/v1/metrics';
  return new HttpExporter({
    url: url.href,
    timeoutMillis: timeout,
    headers,
    ...(caFile === undefined ? {} : { httpAgentOptions: { ca: readFileSync(caFile), keepAlive: true } }),
  });
}
