import { afterEach, describe, expect, it } from 'vitest';
import { createAnswers } from '../../../../src/checker/export/answers.ts';
import { type GrpcConfig, type GrpcService, serveGrpc } from '../../../../src/checker/export/grpc-service.ts';
import { cpu, moment, reading, sample } from '../../../support/checker-readings.ts';
import { type ManualSampler, manualSampler } from '../../../support/manual-sampler.ts';
import { pythonClient } from '../../../support/python-line-program.ts';

const identity = { hostId: 'machine', hostname: 'guest', hostIp: '192.0.2.10', agentId: 'configured' };
const config: GrpcConfig = {
  listen_addr: { host: '127.0.0.1', port: 0 },
  security: { mode: 'none' },
  agent_id: 'configured',
};
const open: GrpcService[] = [];

afterEach(async () => {
  for (const service of open.splice(0)) await service.close();
});

async function serve(sampler: ManualSampler, run = 'run', changes: Partial<GrpcConfig> = {}) {
  const service = await serveGrpc({ ...config, ...changes }, createAnswers(sampler, identity, run));
  open.push(service);
  return service;
}

describe('gRPC service, called by Python with code generated from proto/', () => {
  it('GetStatus answers the newest sample and echoes who asked [R-118, R-126, R-128]', async () => {
    const sampler = manualSampler();
    const call = await pythonClient((await serve(sampler)).port);
    expect(await call('GetStatus')).toMatchObject({
      available: false,
      message: { error: 'no sample is complete yet' },
    });
    sampler.take(2);
    const asked = { service_name: 'mine', service_type: 'grpc', agent_id: 'agent-7', poller_id: 'poller-9' };
    const answer = await call('GetStatus', asked);
    expect(answer).toMatchObject({ ...asked, available: true });
    expect(answer.response_time).toBe(answer.message.response_time);
    expect(answer.message.status).toMatchObject({ host_ip: '192.0.2.10', host_id: 'machine', hostname: 'guest' });
    expect(answer.message.status.cpus[0]).toMatchObject({ core_id: 0, frequency_hz: 1_500_000_000 });
    expect(answer.message.status.cpus[1]).not.toHaveProperty('frequency_hz');
    expect(await call('GetStatus')).toMatchObject({
      service_name: 'sysmon-vm',
      service_type: 'grpc',
      agent_id: 'configured',
      poller_id: '',
    });
  });

  it('GetResults gives each sample once, also after a restart of the service [R-127, R-138]', async () => {
    const sampler = manualSampler();
    const first = await serve(sampler, 'first');
    const call = await pythonClient(first.port);
    sampler.take(3);
    const one = await call('GetResults', { agent_id: 'a', poller_id: 'p' });
    expect(one).toMatchObject({
      available: true,
      has_new_data: true,
      current_sequence: 'first-3',
      agent_id: 'a',
      poller_id: 'p',
    });
    expect(one.data.sysmonvm.samples).toHaveLength(3);
    expect(BigInt(one.timestamp) / 1_000_000_000n).toBeGreaterThan(1_700_000_000n);
    expect(await call('GetResults', { last_sequence: 'first-3' })).toMatchObject({ has_new_data: false });
    sampler.take(2);
    expect((await call('GetResults', { last_sequence: 'first-3' })).data.sysmonvm.samples).toHaveLength(2);

    await first.close();
    open.length = 0;
    const again = manualSampler();
    again.take(4);
    await serve(again, 'second', { listen_addr: { host: '127.0.0.1', port: first.port } });
    const after = await call('GetResults', { last_sequence: 'first-5' });
    expect(after).toMatchObject({ has_new_data: true, current_sequence: 'second-4' });
    expect(after.data.sysmonvm.samples).toHaveLength(4);
  });

  it('StreamResults gives in pieces what is too much for one message [R-126]', async () => {
    const sampler = manualSampler(2000);
    sampler.take(1500, (sequence) =>
      sample(
        sequence,
        Array.from({ length: 64 }, (_, index) => reading('cpuBusy', 0.5, cpu(index), { at: moment })),
      ),
    );
    const call = await pythonClient((await serve(sampler)).port);
    const { chunks, data, current_sequence } = await call('StreamResults');
    expect(data.sysmonvm.samples).toHaveLength(1500);
    expect(current_sequence).toBe('run-1500');
    expect(chunks.length).toBeGreaterThan(4);
    expect(chunks.map(({ index }: { index: number }) => index)).toEqual(
      chunks.map((_: unknown, index: number) => index),
    );
    expect(chunks.filter(({ final }: { final: boolean }) => final)).toEqual([chunks.at(-1)]);
    expect(new Set(chunks.map(({ total }: { total: number }) => total))).toEqual(new Set([chunks.length]));
  });

  it('health is SERVING only after a complete sample and while the cpu collector works [R-126, R-137]', async () => {
    const sampler = manualSampler();
    const call = await pythonClient((await serve(sampler)).port);
    const check = async () => (await call('Check', { service: 'sysmon-vm' })).status;
    expect(await check()).toBe('NOT_SERVING');
    sampler.take();
    expect(await check()).toBe('NOT_SERVING');
    sampler.take();
    expect(await check()).toBe('SERVING');
    for (const service of ['', 'monitoring.AgentService'])
      expect(await call('Check', { service })).toEqual({ status: 'SERVING' });
    sampler.fail('cpu', '/proc/stat is empty');
    expect(await check()).toBe('NOT_SERVING');
    expect(await call('Check', { service: 'other' })).toMatchObject({ code: 'NOT_FOUND', details: 'no service other' });
  });

  it('Watch tells every change, once, and the end of the service', async () => {
    const sampler = manualSampler();
    const service = await serve(sampler);
    const call = await pythonClient(service.port);
    expect(await call('Watch', { service: 'other' })).toEqual({ status: 'SERVICE_UNKNOWN' });
    expect(await call('Watch')).toEqual({ status: 'NOT_SERVING' });
    sampler.take(5);
    expect(await call('Watch')).toEqual({ status: 'SERVING' });
    sampler.fail('cpu', 'x');
    sampler.take();
    expect(await call('Watch')).toEqual({ status: 'NOT_SERVING' });
    sampler.heal('cpu');
    sampler.take(3);
    expect(await call('Watch')).toEqual({ status: 'SERVING' });
    expect(sampler.listeners.size).toBe(1);
    open.length = 0;
    await service.close();
    expect(await call('Watch')).toEqual({ status: 'NOT_SERVING' });
    expect(await call('Watch')).toEqual({ ended: true });
    expect(sampler.listeners.size).toBe(0);
  });

  it('a port that is taken is an error that names the key and the address', async () => {
    const { port } = await serve(manualSampler());
    const taken = serve(manualSampler(), 'run', { listen_addr: { host: '127.0.0.1', port } });
    await expect(taken).rejects.toThrow(new RegExp(`^listen_addr 127\\.0\\.0\\.1:${port}: .*EADDRINUSE`, 's'));
  });
});
