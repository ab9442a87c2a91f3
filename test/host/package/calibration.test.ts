import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const project = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const script = project('templates/calibration/calibrate-frequency.sh');

/** What the checker says of each CPU: Hz, source, quality. */
type Said = readonly (readonly [number, string, string])[];

async function bench(said: Said) {
  const folder = await temporaryDirectory('sm-calibrate-');
  const sample = {
    status: { cpus: said.map(([frequency_hz], core_id) => ({ core_id, frequency_hz })) },
    sysmonvm: { frequency: said.map(([, source, quality], core_id) => ({ core_id, source, quality })) },
  };
  writeFileSync(join(folder, 'sample.json'), JSON.stringify(sample));
  const program = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  program('checker', `[ "$*" = --sample ] || exit 99\ncat '${folder}/sample.json'`);
  copyFileSync(project('test/fixtures/telemetry/perf-stat-fake.sh'), join(folder, 'perf'));
  // What this machine has of it must not be asked.
  program('cpupower', 'exit 1');
  // No load, and a second is short: it is the comparison that is tested here.
  program('nproc', 'echo 0');
  program('sleep', 'exec /bin/sleep 0.2');
  return {
    folder,
    program,
    run(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
      const { status, stdout, stderr } = spawnSync(
        script,
        ['--checker', join(folder, 'checker'), '--seconds', '2', ...args],
        { encoding: 'utf8', env: { PATH: `${folder}:${process.env['PATH']}`, ...env } },
      );
      return { status, stdout, stderr };
    },
  };
}

const real: Said = [
  [3_030_000_000, 'sysfs', 'measured'],
  [1_990_000_000, 'sysfs', 'measured'],
];

describe('calibration on real hardware (its clock stood in for)', () => {
  it('is within the limit', async () => {
    const { status, stdout } = (await bench(real)).run();
    expect(stdout.split('\n')).toEqual([
      'checker against cycles by perf, 2 s, limit 5 %',
      'CPU  CHECKER MHz          MHz DIFFERENCE  SOURCE',
      '  0         3030         3000      1.0 %  sysfs measured',
      '  1         1990         2000     -0.5 %  sysfs measured',
      '2 within the limit',
      '',
    ]);
    expect(status).toBe(0);
  });

  it('a CPU beyond the limit is named', async () => {
    const { status, stdout } = (
      await bench([
        [3_030_000_000, 'sysfs', 'measured'],
        [2_500_000_000, 'sysfs', 'requested'],
      ])
    ).run();
    expect([status, stdout]).toEqual([
      1,
      expect.stringMatching(/ {2}1 +2500 +2000 +25\.0 % {2}sysfs requested {2}BEYOND\n1 of 2 beyond the limit/),
    ]);
  });

  it('cpupower is asked where perf counts no cycles', async () => {
    const { program, run } = await bench(real);
    program(
      'cpupower',
      `[ "$*" = '--cpu all frequency-info --hwfreq' ] || exit 99
printf 'analyzing CPU 0:\\n  current CPU frequency: 3.00 GHz (asserted by call to hardware)\\nanalyzing CPU 1:\\n  current CPU frequency: Unable to call hardware\\n'`,
    );
    const { status, stdout } = run([], { FAKE_PERF: 'none' });
    expect([status, stdout]).toEqual([0, expect.stringContaining('against hardware by cpupower')]);
    expect(stdout).toContain('1 within the limit');
  });

  it('an emulated clock is shown and not judged; without any reference nothing is', async () => {
    const { run } = await bench([[1_000_000_000, 'procfs', 'synthetic']]);
    const compared = run();
    expect([compared.status, compared.stdout]).toEqual([10, expect.stringContaining('(no clock: not judged)')]);
    const without = run([], { FAKE_PERF: 'none' });
    expect([without.status, without.stdout]).toEqual([
      10,
      expect.stringContaining('CPU 0: 1000 MHz, procfs, synthetic'),
    ]);
  });

  it('a governor is set meanwhile and comes back', async () => {
    const { folder, run } = await bench(real);
    const cpufreq = join(folder, 'sys/devices/system/cpu/cpu0/cpufreq');
    mkdirSync(cpufreq, { recursive: true });
    const file = join(cpufreq, 'scaling_governor');
    writeFileSync(file, 'schedutil\n');
    const none = run(['--governor', 'performance'], { SYSMONVM_SYSFS: join(folder, 'nothing') });
    expect([none.status, none.stderr]).toEqual([4, expect.stringContaining('no governor can be set here')]);
    expect(run(['--governor', 'performance'], { SYSMONVM_SYSFS: join(folder, 'sys') }).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe('schedutil\n');
  });

  it('wrong words are refused with the usage', async () => {
    const { run } = await bench(real);
    for (const args of [['--limit'], ['--colour', 'red'], ['--limit', 'much'], ['--seconds', '0']])
      expect(run(args)).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/needs a value|unknown|is not a number/),
      });
  });
});
