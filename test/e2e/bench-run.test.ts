import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { schemaProblems } from '../support/published-schemas.ts';
import { outcomeOf, until, Workbench } from '../support/workbench.ts';

const guest = ['--image', 'tiny', '--cpus', '1', '--memory', '256M', '--disk', '2G'];
const workloads = `workloads:
  - workload_id: shell
    tags: [good]
    parameters: [{ name: rounds, values: [1000, 9000] }]
    metrics:
      - { name: rounds_done, unit: rounds, better: higher }
      - { name: cpu_utilization_percentage_avg, unit: "%" }
      - { name: memory_footprint_delta_mb, unit: MB }
    acceptance_criteria:
      board: [{ metric: rounds_done, condition: "==", threshold_value: 9000, when: { rounds: 9000 } }]
    run:
      command: [sh, ./count.sh, "{rounds}"]
      files: [count.sh]
      setup: touch set-up
      requires: { sh: busybox }
      repetitions: 1
      warmup: 0
  - workload_id: exits
    metrics: [{ name: t, unit: ms }]
    run: { command: 'exit 3', repetitions: 1, warmup: 0 }
  - workload_id: hangs
    tags: [endless]
    metrics: [{ name: t, unit: ms }]
    run: { command: 'sleep 98765', timeout: 1s, repetitions: 1, warmup: 0 }
`;
const count = `[ -e set-up ] || exit 5
i=0
while [ $i -lt "$1" ]; do i=$((i + 1)); done
sleep 1
echo "METRIC rounds_done=$i"
`;

interface Report {
  readonly verdict: string;
  readonly criteria: readonly object[];
  readonly result: {
    readonly guest: string;
    readonly fingerprint: { readonly machine: { readonly emulated: boolean; readonly cpus: number } };
    readonly attempts: readonly { readonly workload: string; readonly outcome: string; readonly code?: string }[];
    readonly series: readonly { readonly metric: string; readonly values: readonly number[] }[];
  };
}

let bench: Workbench;
let run: string[];
beforeAll(async () => {
  bench = await Workbench.make();
  const file = join(bench.root, 'workloads.yaml');
  await writeFile(file, workloads);
  await writeFile(join(bench.root, 'count.sh'), count);
  run = ['bench', 'run', '--workloads', file, '--output-dir', join(bench.root, 'out')];
}, 300_000);
afterAll(() => bench.dispose());

it('measures workloads in a VM that is there, leaves nothing in it and tells what failed [H-10] [H-14] [H-18] [H-24] [H-26]', async () => {
  await bench.ok(['up', 'x', ...guest]);
  const { code, stdout } = await bench.run([...run, '--vm', 'x', '--profile', 'board', '--json']);
  expect(code).toBe(1);
  const { verdict, result, criteria } = JSON.parse(stdout) as Report;
  expect(verdict).toBe('failed');
  expect(criteria).toMatchObject([{ parameters: { rounds: 9000 }, value: 9000, met: true }]);
  expect(result.attempts.map(({ workload, outcome, code: why }) => [workload, outcome, why])).toEqual([
    ['shell', 'completed', undefined],
    ['shell', 'completed', undefined],
    ['exits', 'failed', 'workload.program-failed'],
    ['hangs', 'timeout', 'workload.program-deadline'],
  ]);
  expect(result).toMatchObject({ guest: 'tiny', fingerprint: { machine: { cpus: 1 } } });
  const values = (metric: string) => result.series.filter((one) => one.metric === metric).map((one) => one.values);
  expect(values('rounds_done')).toEqual([[1000], [9000]]);
  for (const [percent = 0] of values('cpu_utilization_percentage_avg')) {
    expect(percent).toBeGreaterThan(0);
    expect(percent).toBeLessThanOrEqual(100);
  }
  expect(values('memory_footprint_delta_mb')).toHaveLength(2);
  const left = await bench.ok(['exec', 'x', '--', 'sh', '-c', 'ls -d /var/tmp/sysmonvm-*; ps | grep "[9]8765"; true']);
  expect(left.stdout).toBe('');
  await bench.ok(['vm-destroy', 'x', '--yes']);
});

it('removes the VM that it made also when it is interrupted [H-43]', async () => {
  const child = bench.spawn([...run, ...guest, '--subset', 'endless']);
  let told = '';
  child.stderr?.on('data', (text: Buffer) => {
    told += text.toString();
  });
  const done = outcomeOf(child);
  await until('the VM runs', () => told.includes('QEMU answers'), 300_000);
  child.kill('SIGINT');
  const { code, stderr } = await done;
  expect(code, stderr).toBe(130);
  await until('nothing is left', async () => (await bench.leftovers()).length === 0);
});

it('bench boot leaves what the published schemas say, and the separate tools make the same of it [M-05] [M-12] [M-16]', async () => {
  const out = join(bench.root, 'metrics');
  const { directory, resultPath, runs } = await bench.json<{
    directory: string;
    resultPath: string;
    runs: readonly { directory: string }[];
  }>(['bench', 'boot', ...guest, '--sample-interval', '200ms', '--out', out]);
  const run = runs[0]?.directory ?? '';
  const names = await readdir(run);
  const kept = (begin: string) => join(run, names.find((name) => name.startsWith(begin)) ?? '');
  const read = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
  const [bootTime, summary] = [join(run, 'boot_time.json'), join(directory, 'summary.json')];
  const before = [await read(bootTime), await read(summary)];
  await bench.ok(['bench', 'merge', run]);
  await bench.ok(['bench', 'summarize', directory]);
  expect([await read(bootTime), await read(summary)]).toEqual(before);
  for (const [schema, path] of [
    ['boot-time', bootTime],
    ['measurements', kept('measurements-')],
    ['boot-report', kept('boot-report-')],
    ['summary', summary],
    ['result-set', resultPath],
  ] as const)
    expect(schemaProblems(schema, await read(path)), path).toEqual([]);
});
