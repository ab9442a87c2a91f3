import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { makeCertificates } from '../../../support/checker-certificates.ts';
import { httpReceiver } from '../../../support/otlp-http-receiver.ts';
import {
  attributesOf,
  type DecodedRequest,
  metricOf,
  realPush,
  sequencesOf,
  upTo,
} from '../../../support/otlp-points.ts';
import { startPython } from '../../../support/python-line-program.ts';

const protos = fileURLToPath(new URL('../../../fixtures/checker', import.meta.url));
const http = { protocol: 'http/protobuf', timeout: '500ms' };

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(5);
}

/** Python's receiver, and what it has received so far. */
async function grpcReceiver(port = 0) {
  const program = await startPython('otlp-receiver.py', [String(port), protos]);
  const bound = Number(await program.next());
  const requests: DecodedRequest[] = [];
  const follow = async () => {
    for (;;) requests.push(JSON.parse(await program.next()));
  };
  follow().catch(() => {});
  return { port: bound, requests, kill: program.kill };
}

function expectWhole(request: DecodedRequest | undefined): void {
  if (request === undefined) throw new Error('nothing was received');
  const [sent] = request.resourceMetrics;
  expect(sent?.schemaUrl).toBe('https://opentelemetry.io/schemas/1.44.0');
  expect(attributesOf(sent?.resource.attributes)).toMatchObject({
    'service.name': 'sysmon-vm',
    'host.id': 'machine',
    'sysmonvm.vm.id': 'vm-1',
    'sysmonvm.vm.name': 'demo',
  });
  const frequency = metricOf(request, 'system.cpu.frequency');
  expect(frequency).toMatchObject({ unit: 'Hz', gauge: { dataPoints: [{ asInt: '1500000000' }, {}] } });
  const { 'cpu.logical_number': cpu, ...worth } = attributesOf(frequency?.gauge?.dataPoints[0]?.attributes);
  expect(Number(cpu)).toBe(0);
  expect(worth).toEqual({ 'sysmonvm.source': 'sysfs', 'sysmonvm.quality': 'requested' });
  expect(metricOf(request, 'system.cpu.time')?.sum).toMatchObject({ isMonotonic: true });
  expect(metricOf(request, 'sysmonvm.export.dropped')?.sum?.dataPoints).toHaveLength(1);
}

/** Every sample there is, in order; twice only what was on its way when the receiver was killed. */
function expectNoGap(requests: readonly DecodedRequest[], count: number): void {
  const received = requests.flatMap(sequencesOf);
  const once = [...new Set(received)];
  expect(once).toEqual(upTo(count));
  expect(received.length - once.length).toBeLessThanOrEqual(2);
}

describe('OTLP over HTTP to a receiver that decodes protobuf', () => {
  it('a collector that is killed and comes back misses nothing [R-08, R-72, R-138]', async () => {
    const first = await httpReceiver();
    const { push, addBatch, lines } = realPush({ ...http, endpoint: `http://127.0.0.1:${first.port}` });
    for (let batch = 0; batch < 5; batch += 1) addBatch();
    await until(() => first.requests.length >= 3);
    await first.kill();
    for (let batch = 0; batch < 20; batch += 1) addBatch();
    await until(() => lines.some((line) => line.includes('cannot send')));
    const second = await httpReceiver({ port: first.port });
    addBatch();
    await push.close();
    expectNoGap([...first.requests, ...second.requests], 52);
    expectWhole(first.requests[0]);
    expect(push.dropped(0).value).toBe(0);
    expect(first.attempts[0]).toMatchObject({
      url: '/v1/metrics',
      headers: { 'content-type': 'application/x-protobuf' },
    });
  });

  it('away for longer than the queue lasts, the oldest are dropped, and the count arrives [R-138]', async () => {
    const reserved = await httpReceiver();
    await reserved.kill();
    const { push, addBatch } = realPush({ ...http, endpoint: `http://127.0.0.1:${reserved.port}`, queue_size: 3 });
    for (let batch = 0; batch < 10; batch += 1) addBatch();
    const back = await httpReceiver({ port: reserved.port });
    await until(() => back.requests.length >= 3);
    addBatch();
    await push.close();
    const received = back.requests.flatMap(sequencesOf);
    expect(received).toHaveLength(8);
    expect(received.slice(-6)).toEqual([17, 18, 19, 20, 21, 22]);
    expect(push.dropped(0).value).toBe(14);
    const last = back.requests.at(-1);
    expect(last && metricOf(last, 'sysmonvm.export.dropped')?.sum?.dataPoints).toMatchObject([{ asInt: '14' }]);
  });

  it('Retry-After is heeded, and what is refused is not sent again [R-138]', async () => {
    const answers = [{ status: 503, headers: { 'retry-after': '1' } }, { status: 200 }, { status: 400 }];
    const receiver = await httpReceiver({ answers });
    const endpoint = `http://127.0.0.1:${receiver.port}/mine`;
    const { push, addBatch, lines } = realPush({ ...http, timeout: '10s', endpoint, headers: { 'api-key': 'secret' } });
    for (let batch = 0; batch < 3; batch += 1) addBatch();
    await push.close();
    expect(receiver.requests.flatMap(sequencesOf)).toEqual([1, 2, 5, 6]);
    expect(receiver.attempts).toHaveLength(4);
    const [refused, again] = receiver.attempts;
    expect((again?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(990);
    expect(again).toMatchObject({ url: '/mine', headers: { 'api-key': 'secret' } });
    expect(push.dropped(0).value).toBe(2);
    expect(lines.join('\n')).not.toContain('secret');
  });

  it('TLS with an authority of its own is checked [R-120]', async () => {
    const { at } = await makeCertificates();
    const tls = { key: readFileSync(at('server-key.pem')), cert: readFileSync(at('server.pem')) };
    const receiver = await httpReceiver({ tls });
    const endpoint = `https://127.0.0.1:${receiver.port}`;
    const trusting = realPush({ ...http, endpoint, ca_file: at('ca.pem') });
    trusting.addBatch();
    await trusting.push.close();
    expect(receiver.requests).toHaveLength(1);
    const distrustful = realPush({ ...http, endpoint });
    distrustful.addBatch();
    await distrustful.push.close();
    expect(receiver.requests).toHaveLength(1);
    expect(distrustful.lines.at(-1)).toContain('2 samples that were not sent');
  });
});

describe('OTLP over gRPC to a receiver in Python with generated code', () => {
  it('a collector that is killed and comes back misses nothing [R-08, R-72, R-138]', async () => {
    const first = await grpcReceiver();
    const endpoint = `http://127.0.0.1:${first.port}`;
    const { push, addBatch, lines } = realPush({ endpoint, timeout: '2s' });
    for (let batch = 0; batch < 5; batch += 1) addBatch();
    await until(() => first.requests.length >= 3);
    await first.kill();
    for (let batch = 0; batch < 20; batch += 1) addBatch();
    await until(() => lines.some((line) => line.includes('cannot send')));
    const second = await grpcReceiver(first.port);
    addBatch();
    await until(() => second.requests.flatMap(sequencesOf).includes(52));
    await push.close();
    expectNoGap([...first.requests, ...second.requests], 52);
    expectWhole(first.requests[0]);
    expect(push.dropped(0).value).toBe(0);
  });
});
