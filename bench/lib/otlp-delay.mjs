/** How old is a number when an OTLP receiver has it? */
import { createServer } from 'node:http';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { projectRoot } from './sandbox.mjs';

const proto = join(projectRoot, 'test/fixtures/checker/otlp-metrics.proto');

/**
 * A receiver over HTTP on 127.0.0.1 that keeps of every point of the busy share how old it was.
 * @returns {Promise<{ readonly url: string, readonly batches: number[][], close(): void }>} seconds, a list each batch
 */
export async function delayReceiver() {
  const root = await protobuf.load(proto);
  const type = root.lookupType('opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest');
  /** @type {number[][]} */
  const batches = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const now = Date.now();
    const message = /** @type {any} */ (type.toObject(type.decode(body), { longs: String, arrays: true }));
    const metrics = message.resourceMetrics.flatMap((/** @type {any} */ one) =>
      one.scopeMetrics.flatMap((/** @type {any} */ scope) => scope.metrics),
    );
    const busy = metrics.filter((/** @type {any} */ { name }) => name === 'sysmonvm.cpu.busy');
    batches.push(
      busy.flatMap((/** @type {any} */ { gauge }) =>
        gauge.dataPoints.map((/** @type {any} */ point) => (now - Number(point.timeUnixNano) / 1e6) / 1000),
      ),
    );
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/v1/metrics`,
    batches,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
