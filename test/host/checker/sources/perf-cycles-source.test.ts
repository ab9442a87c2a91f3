import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { CycleSource } from '../../../../src/checker/sources/frequency-collector.ts';
import { perfCyclesSource } from '../../../../src/checker/sources/perf-cycles-source.ts';
import { textSource } from '../../../../src/checker/sources/text-source.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const fake = fileURLToPath(new URL('../../../fixtures/telemetry/perf-fake.sh', import.meta.url));
const opened: CycleSource[] = [];

afterEach(() => {
  for (const source of opened.splice(0)) source.close();
  for (const name of ['FAKE_PERF_LOG', 'FAKE_PERF_END']) delete process.env[name];
});

function open(perf: string, options: { readonly firstPauseMs?: number } = {}): CycleSource {
  const source = perfCyclesSource(textSource(), { intervalMs: 50, machine: 'emulator', perf, ...options });
  opened.push(source);
  return source;
}

async function log(): Promise<string> {
  const file = join(await temporaryDirectory(), 'log');
  process.env['FAKE_PERF_LOG'] = file;
  return file;
}
const starts = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0);
const children = () => execFileSync('ps', ['--ppid', String(process.pid), '-o', 'args='], { encoding: 'utf8' });

describe('perf (a stand-in, since this machine counts no cycles)', () => {
  it('is started once, when it is first asked, and gives a frequency of every CPU; 1 GHz under emulation is synthetic [R-64] [R-67]', async () => {
    const file = await log();
    const source = open(fake);
    expect(starts(file)).toBe(0);
    expect(source.cpuSeconds()).toBeUndefined();
    await expect.poll(() => [...source.latest().keys()], { timeout: 20_000 }).toEqual([0, 1]);
    const found = source.latest().get(1);
    expect(found).toMatchObject({ cpu: 1, source: { kind: 'perf' }, quality: 'synthetic' });
    expect(found?.hertz).toBeCloseTo(1e9, -3);
    expect(starts(file)).toBe(1);
    expect(source.cpuSeconds()).toBeGreaterThanOrEqual(0);
  });

  it('is started again when it has ended, and says nothing meanwhile', async () => {
    const file = await log();
    process.env['FAKE_PERF_END'] = '2';
    const source = open(fake, { firstPauseMs: 1500 });
    await expect.poll(() => source.latest().size, { timeout: 20_000 }).toBe(2);
    await expect.poll(() => source.latest().size, { timeout: 20_000 }).toBe(0);
    await expect.poll(() => starts(file), { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    await expect.poll(() => source.latest().size, { timeout: 20_000 }).toBe(2);
  });

  it('leaves no process when it is closed', async () => {
    await log();
    const source = open(fake);
    await expect.poll(() => source.latest().size, { timeout: 20_000 }).toBe(2);
    expect(children()).toContain('perf-fake.sh');
    source.close();
    await expect.poll(children, { timeout: 20_000 }).not.toContain('perf-fake.sh');
  });
});

describe('the real perf', () => {
  it('of a machine without the event is given up, and its frequencies are absent; without perf, too', async () => {
    const counts = execFileSync('sh', ['-c', 'perf stat -x, -a -e cycles true 2>&1 || true'], { encoding: 'utf8' });
    const source = open('perf');
    if (/^\d+,/m.test(counts)) {
      await expect.poll(() => source.latest().size, { timeout: 20_000 }).toBeGreaterThan(0);
      return;
    }
    source.latest();
    await expect.poll(children, { timeout: 20_000 }).not.toContain('perf stat');
    expect(source.latest().size).toBe(0);
    expect(open('/no/such/perf').latest().size).toBe(0);
  });
});
