import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type PrometheusEndpoint, servePrometheus } from '../../../../src/checker/export/prometheus-endpoint.ts';
import { checkerResource } from '../../../../src/checker/export/resource.ts';
import { toResourceMetrics } from '../../../../src/checker/export/resource-metrics.ts';
import { metrics } from '../../../../src/core/telemetry/metrics.ts';
import type { Reading } from '../../../../src/core/telemetry/reading.ts';
import { reading, twoCpus } from '../../../support/checker-readings.ts';
import { startPrometheus } from '../../../support/metric-stores.ts';

const identity = { hostId: 'machine', hostname: 'guest', hostIp: '192.0.2.1', agentId: '' };
const vm = { id: 'vm-1', name: 'de"mo\\' };
const form = {
  resource: checkerResource({ resource: {}, vm }, identity, '1.2.3'),
  version: '1.2.3',
  semconv: 'both',
  hostId: 'machine',
  vmId: 'vm-1',
} as const;
const loopback = (port = 0) => ({ host: '127.0.0.1', port });
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function serve(
  latest: () => readonly Reading[] | undefined,
): Promise<PrometheusEndpoint & { readonly url: string }> {
  const endpoint = await servePrometheus(loopback(), () => {
    const readings = latest();
    return readings && toResourceMetrics(readings, form);
  });
  ends.push(() => endpoint.close());
  return { ...endpoint, url: `http://127.0.0.1:${endpoint.port}` };
}

/** Debian's, scraping our port; the answer asks it for the value of a query. */
async function scrapedBy(target: number) {
  const prometheus = await startPrometheus([target]);
  ends.push(prometheus.end);
  return prometheus.query;
}

describe('Prometheus', () => {
  it("is scraped by Debian's, with every attribute [R-72, R-77, R-78]", async () => {
    const { port } = await serve(() => twoCpus());
    const query = await scrapedBy(port);
    expect(await query('up == 1')).toHaveLength(1);
    expect(await query('system_cpu_frequency')).toMatchObject([
      {
        metric: {
          job: 'checker',
          cpu: 'cpu0',
          cpu_logical_number: '0',
          host_id: 'machine',
          vm_id: 'vm-1',
          sysmonvm_source: 'sysfs',
          sysmonvm_quality: 'requested',
        },
        value: [expect.any(Number), '1500000000'],
      },
    ]);
    expect(await query('sum(system_cpu_time_total)')).toMatchObject([{ value: [expect.any(Number), '23.5'] }]);
    expect((await query('target_info'))[0]?.metric).toMatchObject({
      service_name: 'sysmon-vm',
      host_id: 'machine',
      sysmonvm_vm_name: vm.name,
    });
  });

  it('every metric of the table passes promtool, which only minds the _count of OpenTelemetry', async () => {
    const all = Object.keys(metrics) as (keyof typeof metrics)[];
    const { url } = await serve(() => all.map((key) => reading(key, 1)));
    const text = await (await fetch(`${url}/metrics`)).text();
    const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    const complaints = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
    expect(complaints.filter((line) => !/_count non-histogram .* should not have "_count" suffix$/.test(line))).toEqual(
      [],
    );
    expect(text.match(/^# TYPE /gm)).toHaveLength(all.length + 1);
  });

  it('answers /metrics and nothing else, and 503 as long as there is no sample', async () => {
    let readings: readonly Reading[] | undefined;
    const { url } = await serve(() => readings);
    const status = async (path: string, method = 'GET') => (await fetch(`${url}${path}`, { method })).status;
    expect(await status('/metrics')).toBe(503);
    readings = twoCpus();
    const answer = await fetch(`${url}/metrics?name=x`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    expect([await status('/'), await status('/metrics/'), await status('/etc/passwd')]).toEqual([404, 404, 404]);
    expect([await status('/metrics', 'POST'), await status('/metrics', 'HEAD')]).toEqual([405, 200]);
    const { port } = new URL(url);
    const odd = request({ host: '127.0.0.1', port, path: '//[' }).end();
    const [answered] = (await once(odd, 'response')) as [IncomingMessage];
    expect(answered.resume().statusCode).toBe(404);
  });

  it('a port that is taken is an error that names the key and the address', async () => {
    const { port } = await serve(() => []);
    await expect(servePrometheus(loopback(port), () => undefined)).rejects.toThrow(
      `prometheus.listen_addr 127.0.0.1:${port}: listen EADDRINUSE`,
    );
  });
});
