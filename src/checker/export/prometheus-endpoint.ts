import { createServer } from 'node:http';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ListenAddress } from '../../core/checker/config.ts';

/** `/metrics` for those who ask: the newest sample in Prometheus' text format. */
export interface PrometheusEndpoint {
  readonly port: number;
  close(): Promise<void>;
}

const textFormat = 'text/plain; version=0.0.4; charset=utf-8';

/** @param latest undefined before there is a complete sample: answered by 503, because an empty page would be a lie. */
export async function servePrometheus(
  { host, port }: ListenAddress,
  latest: () => ResourceMetrics | undefined,
): Promise<PrometheusEndpoint> {
  const serializer = new PrometheusSerializer(undefined, false, undefined, false, true);
  const server = createServer((request, response) => {
    const answer = (status: number, body: string, headers: Readonly<Record<string, string>> = {}) => {
      response.writeHead(status, { 'content-type': textFormat, ...headers });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    if (request.url?.split('?')[0] !== '/metrics') return answer(404, 'not found\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, '', { allow: 'GET, HEAD' });
    const found = latest();
    if (found === undefined) return answer(503, 'no sample is complete yet\n');
    return answer(200, serializer.serialize(found));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`prometheus.listen_addr ${host}:${port}: ${error.message}`)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
