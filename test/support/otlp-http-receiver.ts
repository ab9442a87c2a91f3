import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { afterEach } from 'vitest';
import type { DecodedRequest } from './otlp-points.ts';

const proto = fileURLToPath(new URL('../fixtures/checker/otlp-metrics.proto', import.meta.url));
const open = new Set<Server>();

afterEach(() => {
  for (const server of open) {
    server.close();
    server.closeAllConnections();
  }
  open.clear();
});

export interface HttpReceiver {
  readonly port: number;
  /** Of what was taken. */
  readonly requests: DecodedRequest[];
  /** Of every attempt, also of those that were not taken. */
  readonly attempts: { readonly url: string | undefined; readonly headers: IncomingHttpHeaders; readonly at: number }[];
  /** As a process that is killed: open connections are cut. */
  kill(): Promise<void>;
}

interface ReceiverOptions {
  readonly port?: number;
  /** Of the first attempts; then 200. */
  readonly answers?: { readonly status: number; readonly headers?: Readonly<Record<string, string>> }[];
  readonly tls?: ServerOptions;
}

/** OTLP over HTTP on 127.0.0.1, decoded by protobufjs. */
export async function httpReceiver({ port = 0, answers = [], tls }: ReceiverOptions = {}): Promise<HttpReceiver> {
  const root = await protobuf.load(proto);
  const type = root.lookupType('opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest');
  const requests: DecodedRequest[] = [];
  const attempts: HttpReceiver['attempts'] = [];
  const server: Server = tls === undefined ? createServer() : (createTlsServer(tls) as unknown as Server);
  server.on('request', async (request, response) => {
    attempts.push({ url: request.url, headers: request.headers, at: performance.now() });
    const body = Buffer.concat(await request.toArray());
    const { status, headers = {} } = answers.shift() ?? { status: 200 };
    if (status === 200)
      requests.push(type.toObject(type.decode(body), { longs: String, arrays: true }) as DecodedRequest);
    response.writeHead(status, { 'content-type': 'application/x-protobuf', ...headers }).end();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  open.add(server);
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    attempts,
    kill: () =>
      new Promise((resolve) => {
        open.delete(server);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
