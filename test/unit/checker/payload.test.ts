import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failurePayload, type Identity, toPayload } from '../../../src/core/checker/payload.ts';
import type { Reading } from '../../../src/core/telemetry/reading.ts';
import { moment, reading, sample, twoCpus } from '../../support/checker-readings.ts';

/** The JSON as files. SYSMONVM_UPDATE_GOLDEN=1 writes them anew. */
const update = process.env['SYSMONVM_UPDATE_GOLDEN'] === '1';
const folder = new URL('../../golden/checker/', import.meta.url);

const identity: Identity = { hostId: 'h', hostname: 'guest', hostIp: '192.0.2.10', agentId: 'a' };
const nobody: Identity = { hostId: '', hostname: '', hostIp: '', agentId: '' };

const payload = (readings: readonly Reading[], who = identity) =>
  toPayload({ identity: who, latest: { readings, at: moment }, sequence: 'run-7', samples: [], lost: 0 });

function expectGolden(name: string, value: unknown): void {
  const file = new URL(`${name}.json`, folder);
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (update) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
}

const disk = { 'system.device': 'vda1', 'system.filesystem.mountpoint': '/' };
const bash = { 'process.pid': 77, 'process.command': 'bash', 'process.creation.time': '2025-10-12T20:00:00.000Z' };

describe('payload of the checker', () => {
  it('holds the documented keys and types [R-117, R-126, R-128]', () => {
    const readings = [
      ...twoCpus(),
      reading('memoryUsage', 1.4, { 'system.memory.state': 'used' }),
      reading('memoryLimit', 2),
      reading('filesystemUsage', 10, { ...disk, 'system.filesystem.state': 'used' }),
      reading('filesystemUsage', 20, { ...disk, 'system.filesystem.state': 'free' }),
      reading('filesystemLimit', 30, disk),
      { ...reading('processMemory', 4096, bash), state: 'sleeping' },
      reading('processCpuUsage', 0.25, bash),
    ];
    const latest = { readings, at: moment };
    const samples = [sample(6), sample(7)];
    expectGolden('payload', toPayload({ identity, latest, sequence: 'run-7', samples, lost: 3 }));
  });

  it('leaves out what is not known, never saying 0 [R-67]', () => {
    const first = [reading('cpuTime', 1, { 'cpu.logical_number': 0, 'cpu.mode': 'user' })];
    expectGolden('payload-nothing-known', payload(first, nobody));
  });

  it('names clusters and cores of a Mac, and gives the frequency of a cluster [R-131]', () => {
    const core = { 'cpu.logical_number': 4, 'sysmonvm.cluster': 'PCPU', 'sysmonvm.cpu.label': 'PCPU0' };
    const host = { source: { kind: 'host' } } as const;
    const readings = [
      reading('cpuFrequency', 3_200_000_000, core, host),
      reading('cpuFrequency', 1_700_000_000, { 'sysmonvm.cluster': 'ECPU' }, host),
    ];
    const { status, sysmonvm } = payload(readings);
    expect(status.clusters).toMatchObject([{ name: 'ECPU', frequency_hz: 1_700_000_000, host_id: 'h' }]);
    expect(status.cpus).toMatchObject([{ core_id: 4, label: 'PCPU0', cluster: 'PCPU', frequency_hz: 3_200_000_000 }]);
    expect(sysmonvm.frequency).toEqual([{ core_id: 4, source: 'host', quality: 'measured' }]);
  });

  it('bytes are whole numbers: decoders refuse a fraction', () => {
    const { status } = payload([
      reading('memoryUsage', 1000.4, { 'system.memory.state': 'used' }),
      reading('memoryLimit', 2000.6),
    ]);
    expect(status.memory).toMatchObject({ used_bytes: 1000, total_bytes: 2001 });
  });

  it('a failure says why, one reason a line [R-126]', () => {
    expectGolden(
      'failure',
      failurePayload(['failed to collect cpu: /proc/stat is empty', 'failed to collect disks: x'], 42),
    );
  });
});
