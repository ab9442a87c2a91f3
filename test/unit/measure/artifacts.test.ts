import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Dependencies } from '../../../src/app/dependencies.ts';
import { createArtifactOperations } from '../../../src/app/measure/artifacts/artifact-operations.ts';
import { writeRun } from '../../../src/app/measure/boots/write-run.ts';
import type { ObservedBoot } from '../../../src/core/measure/boot/observed-boot.ts';
import { formatBaseline } from '../../../src/core/measure/judging/baseline-file.ts';
import { readResult } from '../../../src/core/measure/judging/read-result.ts';
import { documentSchemas } from '../../../src/core/wire/documents.ts';
import { systemClock } from '../../../src/host/process/system-clock.ts';
import { createResultFiles } from '../../../src/host/store/result-files.ts';
import { createTextFiles } from '../../../src/host/store/text-files.ts';

import { comparison, resultSet } from '../../support/comparisons.ts';

import { schemaProblems } from '../../support/published-schemas.ts';
import { cli } from '../../support/run-cli.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** SYSMONVM_UPDATE_GOLDEN=1 writes them anew. */
const update = process.env['SYSMONVM_UPDATE_GOLDEN'] === '1';
const golden = new URL('../../golden/artifacts/', import.meta.url);
const startedAt = Date.UTC(2026, 10, 2, 10, 0, 0);
const files = createTextFiles(systemClock);
const deps = { files, resultFiles: async () => createResultFiles() } as unknown as Dependencies;
const artifacts = createArtifactOperations(deps);

const sample = (second: number, cpuSeconds: number, readBytes: number) => ({
  ...{ at: startedAt + second * 1000, monotonicMs: second * 1000, cpuSeconds },
  ...{ residentBytes: (200 + second) * 1024 * 1024, readBytes, writeBytes: 4096 * second },
});
const observed: ObservedBoot = {
  outcome: 'completed',
  startedAt,
  totalMs: 2345.6,
  markers: [
    { name: 'kernel', afterMs: 1200.4 },
    { name: 'ready', afterMs: 2345.6 },
  ],
  lanes: [
    {
      ...{ source: 'systemd', title: 'told by systemd', shiftErrorMs: 40 },
      spans: [{ name: 'kernel', startMs: 900, endMs: 1400 }],
    },
  ],
  guest: {
    zeroAt: startedAt + 900,
    zeroErrorMs: 40,
    systemd: { userspaceMs: 500, finishMs: 1400, units: [{ name: 'ssh.service', startMs: 900, endMs: 950 }] },
  },
  slowUnits: ['1.2s cloud-init.service'],
  usage: {
    ...{ intervalMs: 1000, missed: 0, truncated: false, cost: { cpuSeconds: 0.01, wallSeconds: 2 } },
    samples: [sample(0, 0.1, 0), sample(1, 1.1, 4096), sample(2, 2, 1_048_576)],
  },
  machine: {
    ...{ arch: 'x86_64', accelerator: 'tcg', emulated: true, qemuVersion: '7.2.22', machineType: 'q35' },
    ...{ cpuModel: 'max', cpus: 2, memoryMib: 1024 },
  },
  accelerationUsable: false,
  ...{ bootLog: '/vm/console.log', debugLog: '/vm/qemu.log', diskImage: '/cache/debian.qcow2' },
};
const late: ObservedBoot = (({ totalMs: _, ...rest }) => ({
  ...rest,
  ...{ startedAt: startedAt + 60_000, outcome: 'timeout' as const },
  failure: { code: 'guest.boot-deadline', message: 'not ready within 60 s' },
  markers: rest.markers.slice(0, 1),
}))(observed);

/** metrics/debian-12/x86_64 with these boots, as `bench boot` writes them. */
async function history(...boots: readonly ObservedBoot[]): Promise<{ directory: string; runs: readonly string[] }> {
  const root = await temporaryDirectory();
  const directory = join(root, 'debian-12/x86_64');
  const [bootLog, debugLog] = [join(root, 'console.log'), join(root, 'qemu.log')];
  writeFileSync(bootLog, 'Linux version 6.1\n');
  writeFileSync(debugLog, '');
  const runs: string[] = [];
  for (const [index, boot] of boots.entries()) {
    const run = { guest: 'debian-12', arch: 'x86_64', runId: 'r', iteration: index + 1, warmup: false };
    runs.push(join(directory, `runs/r-${index + 1}`));
    const clock = { ...systemClock, now: () => boot.startedAt + 5000 };
    await writeRun({ files, clock }, { ...run, directory: runs[index] ?? '' }, directory, {
      ...boot,
      bootLog,
      debugLog,
    });
  }
  return { directory, runs };
}

/** A directory with the files of a tool that is not ours. */
async function foreign(changes: Readonly<Record<string, object | string | undefined>> = {}): Promise<string> {
  const directory = await temporaryDirectory();
  const texts = {
    'measurements-2025-11-02_10-00-00.json': {
      ...{ architecture: 'i386', boot_timestamp: '2025-11-02T10:00:00Z', boot_duration_ms: 65_000, qemu_mode: 'KVM' },
      ...{ timestamp: '2025-11-02T10:01:05Z', disk_image: '/d.img', boot_log: '/measurements/i386/boot-1.log' },
      debug_log: '/measurements/i386/qemu-debug-1.log',
    },
    // The local time of a zone three hours before UTC.
    'boot-report-2025-11-02T07:01:05.123456.json': {
      ...{ timestamp: '2025-11-02T07:01:05.123456', architecture: 'i386', container: 'minix-profiler-1' },
      boot_markers: { kernel_starts: 1.2, shell_prompt: 60.1 },
    },
    'resource_timeseries.csv': `timestamp,cpu_percent,rss_kb,read_bytes,write_bytes,delta_read_bytes,delta_write_bytes
2025-11-02T10:00:01Z,12.5,1000,10,20,,
2025-11-02T10:00:02Z,13.5,2000,30,,20,
`,
    'boot-2025-11-02_10-00-00.log': 'MINIX 3\n',
    ...changes,
  };
  for (const [name, content] of Object.entries(texts))
    if (content !== undefined)
      writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
  return directory;
}

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const inputs = (run: string, begin: string): string =>
  join(run, readdirSync(run).find((name) => name.startsWith(begin)) ?? '');

describe('the artifacts of one boot', () => {
  it('are what was looked at, and as the published schemas say [M-05] [M-10] [M-12] [M-16]', async () => {
    const { directory, runs } = await history(observed, late);
    const [run = '', second = ''] = runs;
    const { summary } = await artifacts.summarize(directory);
    expect(read(join(directory, 'summary.json'))).toEqual(summary);
    expect(readdirSync(run).sort()).toEqual([
      'boot-report-2026-11-02_10-00-05.json',
      'boot.log',
      'boot_time.json',
      'measurements-2026-11-02_10-00-05.json',
      'qemu-debug.log',
      'resource_timeseries.csv',
    ]);
    const kinds = [
      ['boot-time', 'boot_time.json', join(run, 'boot_time.json')],
      ['boot-time', 'boot_time-timeout.json', join(second, 'boot_time.json')],
      ['measurements', 'measurements.json', inputs(run, 'measurements-')],
      ['boot-report', 'boot-report.json', inputs(run, 'boot-report-')],
      ['summary', 'summary.json', join(directory, 'summary.json')],
      ['', 'resource_timeseries.csv', join(run, 'resource_timeseries.csv')],
    ] as const;
    for (const [schema, name, path] of kinds) {
      const text = readFileSync(path, 'utf8').replaceAll(dirname(dirname(directory)), '/metrics');
      const kept = new URL(name, golden);
      if (update) {
        mkdirSync(golden, { recursive: true });
        writeFileSync(kept, text);
      }
      expect(existsSync(kept)).toBe(true);
      expect(text).toBe(readFileSync(kept, 'utf8'));
      if (schema !== '') expect(schemaProblems(schema, JSON.parse(text)), name).toEqual([]);
    }
  });

  it('begin with the fields of the contract [M-05]', async () => {
    const keys = (name: string) => Object.keys(read(new URL(name, golden).pathname) as object);
    expect(keys('boot_time.json').slice(0, 6)).toEqual(
      'arch timestamp qemu_mode boot_duration_ms markers paths'.split(' '),
    );
    expect(keys('measurements.json').slice(0, 8)).toEqual(
      'architecture boot_timestamp boot_duration_ms qemu_mode timestamp disk_image boot_log debug_log'.split(' '),
    );
    expect(keys('boot-report.json').slice(0, 4)).toEqual('timestamp architecture container boot_markers'.split(' '));
    expect(keys('summary.json').slice(0, 6)).toEqual('arch run_count min_ms max_ms avg_ms recent'.split(' '));
  });

  it.each([
    ['boot-time', 'boot_time.json', { boot_duration_ms: 0 }, /boot_duration_ms/],
    ['boot-time', 'boot_time.json', { markers: { kernel: '1' } }, /markers/],
    ['boot-time', 'boot_time.json', { arch: undefined }, /arch/],
    ['measurements', 'measurements.json', { timestamp: '2026-11-02 10:00' }, /timestamp/],
    ['boot-report', 'boot-report.json', { container: 5 }, /container/],
    ['summary', 'summary.json', { avg_ms: 1.5 }, /avg_ms/],
    ['summary', 'summary.json', { something_else: 1 }, /something_else/],
  ])('are refused by %s where they are wrong: %s %o', (schema, name, change, problem) => {
    const document = { ...(read(new URL(name, golden).pathname) as object), ...change };
    expect(schemaProblems(schema, JSON.parse(JSON.stringify(document))).join()).toMatch(problem);
  });

  it('have schemas for results, baselines and comparisons as well [M-05]', () => {
    const result = resultSet();
    const act = { setBy: 'a', setAt: '2026-11-02T10:00:00Z', reason: 'first' };
    const facts = { schemaVersion: 1, kind: 'baseline', tag: 'v1', arch: 'x86_64', name: 'debian-12' } as const;
    const kept = formatBaseline({ ...facts, ...act, previous: [act], result });
    expect(schemaProblems('result-set', JSON.parse(JSON.stringify(result)))).toEqual([]);
    expect(schemaProblems('baseline', JSON.parse(kept))).toEqual([]);
    expect(schemaProblems('comparison', JSON.parse(JSON.stringify(comparison())))).toEqual([]);
  });
});

describe('bench merge', () => {
  it('makes of the raw inputs of a run what bench boot made [M-12] [M-49]', async () => {
    const { runs } = await history(observed, late);
    for (const run of runs) {
      const before = read(join(run, 'boot_time.json'));
      const { code, stderr } = await cli(['bench', 'merge', run], { engine: { artifacts } });
      expect([code, stderr]).toEqual([0, '']);
      expect(read(join(run, 'boot_time.json'))).toEqual(before);
    }
  });

  it('takes the files of another tool, with Zulu and local times [M-12]', async () => {
    const directory = await foreign();
    const out = join(directory, 'out.json');
    const { code, json } = await cli(['bench', 'merge', directory, '--out', out, '--json'], { engine: { artifacts } });
    expect(code).toBe(0);
    expect(documentSchemas['bench-merge'].parse(json()).path).toBe(out);
    expect(schemaProblems('boot-time', read(out))).toEqual([]);
    expect(read(out)).toEqual({
      ...{ arch: 'i386', timestamp: '2025-11-02T10:00:00Z', qemu_mode: 'KVM', boot_duration_ms: 65_000 },
      markers: { kernel_starts: 1.2, shell_prompt: 60.1 },
      paths: {
        boot_log: '/measurements/i386/boot-1.log',
        debug_log: '/measurements/i386/qemu-debug-1.log',
        disk_image: '/d.img',
      },
      schema_version: 1,
      usage: { samples: 2, residentMaxBytes: 2_048_000, readBytes: 30, writeBytes: 20 },
    });
  });

  it('takes the newest of several by the stamps in their names', async () => {
    const directory = await foreign({
      'measurements-2025-11-02_10-30-00.json': { boot_duration_ms: 70_000, timestamp: '2025-11-02T10:31:10' },
      'boot-report-2025-11-02T10:31:10.json': { timestamp: '2025-11-02T10:31:10', boot_markers: {} },
    });
    const { bootTime } = await artifacts.merge({ directory, arch: 'i386' });
    expect([bootTime.boot_duration_ms, bootTime.timestamp]).toEqual([70_000, '2025-11-02T10:31:10']);
  });

  it.each([
    ['no file of measurements', undefined, 'there is no measurements-*.json, so nobody timed this boot'],
    [
      'no duration in it',
      { architecture: 'i386', boot_duration_ms: null },
      'boot_duration_ms of the measurements is null: no duration was observed',
    ],
  ])('never makes up a duration: %s [M-12]', async (_, measurements, reason) => {
    const directory = await foreign({ 'measurements-2025-11-02_10-00-00.json': measurements });
    const { code, stdout } = await cli(['bench', 'merge', directory], { engine: { artifacts } });
    expect(code).toBe(0);
    expect(stdout).toContain(`none: ${reason}`);
    const bootTime = read(join(directory, 'boot_time.json'));
    expect(bootTime).toMatchObject({ boot_duration_ms: null, no_duration_reason: reason });
    expect(bootTime).toMatchObject({ timestamp: '2025-11-02T07:01:05.123456', arch: 'i386' });
    expect(schemaProblems('boot-time', bootTime)).toEqual([]);
  });

  const report = 'boot-report-2025-11-02T07:01:05.123456.json';
  const measurements = 'measurements-2025-11-02_10-00-00.json';
  const seen = { timestamp: '2025-11-02T07:01:05', architecture: 'i386', boot_markers: {} };
  it.each<readonly [string, Readonly<Record<string, object | string | undefined>>, string, RegExp]>([
    [
      'files that are missing',
      { [report]: undefined, 'resource_timeseries.csv': undefined },
      'bench.artifact-missing',
      /has no boot-report-\*\.json, no resource_timeseries\.csv\.$/,
    ],
    [
      'no architecture',
      { [measurements]: undefined, [report]: { boot_markers: {} } },
      'bench.artifact-missing',
      /names the arch/,
    ],
    ['half a file', { [report]: '{"boot_markers": {' }, 'bench.result-invalid', /boot-report.*:1:/],
    [
      'a duration of words',
      { [measurements]: { boot_duration_ms: '65s' } },
      'bench.result-invalid',
      /boot_duration_ms: /,
    ],
    ['a duration of nothing', { [measurements]: { boot_duration_ms: 0 } }, 'bench.result-invalid', /above 0 or null/],
    [
      'a marker of words',
      { [report]: { ...seen, boot_markers: { a: 'x' } } },
      'bench.result-invalid',
      /boot_markers\.a: /,
    ],
    ['an unknown version', { [report]: { ...seen, schema_version: 2 } }, 'bench.result-invalid', /schema_version/],
    [
      'a series without its header',
      { 'resource_timeseries.csv': 'a,b\n' },
      'bench.result-invalid',
      /csv:1:1: the header is "a,b"/,
    ],
    [
      'two architectures',
      { [report]: { ...seen, architecture: 'arm' } },
      'bench.artifacts-contradict',
      /architecture: i386 in meas.*, arm in boot-report/,
    ],
    [
      'two days',
      { [report]: { ...seen, timestamp: '2025-11-04T10:01:05Z' } },
      'bench.artifacts-contradict',
      /time \(.* apart\)/,
    ],
    [
      'a report from before',
      { [report]: { ...seen, timestamp: '2025-11-02T09:01:05Z' } },
      'bench.artifacts-contradict',
      /time \(58.* apart\)/,
    ],
  ])('refuses %s and writes nothing', async (_, changes, code, message) => {
    const directory = await foreign(changes);
    const failed = artifacts.merge({ directory });
    await expect(failed).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(existsSync(join(directory, 'boot_time.json'))).toBe(false);
  });

  it('refuses files of ours of two boots, and a series that was cut [M-12]', async () => {
    const { runs } = await history(observed, late);
    const [first = '', second = ''] = runs;
    writeFileSync(inputs(first, 'boot-report-'), readFileSync(inputs(second, 'boot-report-'), 'utf8'));
    const csv = join(first, 'resource_timeseries.csv');
    writeFileSync(csv, readFileSync(csv, 'utf8').split('\n').slice(0, 2).join('\n'));
    await expect(artifacts.merge({ directory: first, arch: 'aarch64' })).rejects.toMatchObject({
      code: 'bench.artifacts-contradict',
      message: expect.stringMatching(
        /architecture: aarch64 in --arch, x86_64 .*; iteration: 1 in meas.*, 2 in boot-report.*; samples: 3 in meas.*, 1 in resource/,
      ),
    });
    await expect(artifacts.merge({ directory: join(first, 'none') })).rejects.toMatchObject({
      code: 'bench.artifact-missing',
    });
  });
});

describe('bench summarize', () => {
  it('counts what failed and what took too long, and makes no value of them [M-16] [M-49]', async () => {
    const { directory } = await history(observed, { ...observed, totalMs: 3000 }, late);
    const { code, stdout } = await cli(['bench', 'summarize', directory], { engine: { artifacts } });
    expect(code).toBe(0);
    expect(stdout).toContain('2 completed, 0 failed, 1 timed out, 0 made otherwise');
    const summary = read(join(directory, 'summary.json'));
    expect(summary).toMatchObject({ run_count: 2, min_ms: 2346, max_ms: 3000, avg_ms: 2673, timeout_count: 1 });
    expect(schemaProblems('summary', summary)).toEqual([]);
    const file = { path: 'summary.json', values: summary, positions: () => new Map() };
    expect(readResult(file)?.attempts.map(({ outcome }) => outcome)).toEqual(['completed', 'completed', 'timeout']);
  });

  it('takes runs that have the first fields alone, named by their directories [M-16]', async () => {
    const directory = join(await temporaryDirectory(), 'minix/i386');
    const boot = (ms: number | null, second: string) => ({
      ...{ arch: 'i386', timestamp: `2025-11-02T10:00:${second}`, qemu_mode: 'KVM', boot_duration_ms: ms },
      ...{ markers: {}, paths: {} },
    });
    const runs = { 'n-1': boot(65_000, '00Z'), 'n-2': boot(null, '01'), 'n-3': boot(67_000, '02.5') };
    for (const [name, content] of Object.entries(runs)) {
      mkdirSync(join(directory, 'runs', name), { recursive: true });
      writeFileSync(join(directory, 'runs', name, 'boot_time.json'), JSON.stringify(content));
    }
    const { summary } = await artifacts.summarize(directory);
    expect(summary).toMatchObject({ arch: 'i386', guest: 'minix', run_count: 2, avg_ms: 66_000, failed_count: 1 });
    expect(summary.recent.map(({ run_id }) => run_id)).toEqual(['n-1', 'n-3']);
    writeFileSync(join(directory, 'runs/n-2/boot_time.json'), JSON.stringify({ ...runs['n-1'], arch: 'arm' }));
    await expect(artifacts.summarize(directory)).rejects.toMatchObject({
      ...{ code: 'bench.artifacts-contradict', message: expect.stringContaining('i386 in n-1, arm in n-2') },
    });
  });

  it('is null where there is no run, and refuses a directory without any', async () => {
    const directory = join(await temporaryDirectory(), 'minix/arm');
    await expect(artifacts.summarize(directory)).rejects.toMatchObject({ code: 'bench.artifact-missing' });
    mkdirSync(join(directory, 'runs'), { recursive: true });
    const { summary } = await artifacts.summarize(directory);
    expect(summary).toMatchObject({ arch: 'arm', guest: 'minix', run_count: 0, avg_ms: null, recent: [] });
    expect(schemaProblems('summary', summary)).toEqual([]);
  });
});
