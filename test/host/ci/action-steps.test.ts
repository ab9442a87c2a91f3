import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type ExpectedCall, makeSandbox, runSteps, type Sandbox, type Step } from '../../support/step-runner.ts';
import { projectRoot } from '../../unit/project/source-tree.ts';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}
const action = parse(readFileSync(join(projectRoot, 'action.yml'), 'utf8')) as Action;

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.remove());

const directory = () => join(sandbox.workspace, 'metrics/debian-12/x86_64');
const resultPath = () => join(directory(), 'results/ci-20261122T010000Z.json');
const comparison = () => join(directory(), 'report/comparison.json');
const comparisonMs = () => join(directory(), 'report-baseline-ms/comparison.json');

const result = {
  schemaVersion: 1,
  guest: 'debian-12',
  arch: 'x86_64',
  runId: 'ci-20261122T010000Z',
  attempts: ['completed', 'completed', 'completed', 'timeout'].map((outcome) => ({ outcome })),
  series: [{ workload: 'boot', metric: 'boot_total', unit: 'ms', parameters: {}, values: [1300, 1100, 1250] }],
};

const ready: readonly ExpectedCall[] = [
  { args: ['version'], stdout: 'sysmonvm 0.1.0\n' },
  { args: ['host-setup', '--yes'] },
  { args: ['vm-gc'] },
];
const bootArgs = [
  'bench',
  'boot',
  '--json',
  '--image=debian-12',
  '--iterations=5',
  '--label=ci',
  '--out=metrics',
  '--commit=c0ffee',
];
const boot = (): ExpectedCall => ({
  args: bootArgs,
  stdout: JSON.stringify({ directory: directory(), resultPath: resultPath() }),
  stderr: 'boot 1\n::error::a line of a console\n',
  files: {
    [resultPath()]: JSON.stringify(result),
    [join(directory(), 'summary.json')]: '{"avg_ms":1216}',
    [join(directory(), 'boot_time.json')]: '{}',
    [join(directory(), 'boot-report-2026-11-22T01:00:00.json')]: '{}',
  },
});
const gateArgs = (words: readonly string[], of: string) => ['bench', 'gate', ...words, `--report=${dirname(of)}`];
const gate = (words: readonly string[], of: string, verdict: string, code: number): readonly ExpectedCall[] => [
  {
    args: gateArgs(words, of),
    code,
    stdout: `the gate says ${verdict}\n`,
    files: { [of]: JSON.stringify({ verdict }), [join(dirname(of), 'report.html')]: '<p>' },
  },
];
const report = (of: string): readonly ExpectedCall[] => [
  { args: ['bench', 'report', `--comparison=${of}`, '--format', 'github'], stdout: '::warning::annotation\n' },
];

function runAction(inputs: Readonly<Record<string, string>>) {
  const all = { 'sysmonvm-version': 'installed', ...inputs };
  const context = Object.entries(action.inputs).map(([name, input]) => [`inputs.${name}`, input.default] as const);
  const given = Object.entries(all).map(([name, value]) => [`inputs.${name}`, value] as const);
  return runSteps(sandbox, action.runs.steps, Object.fromEntries([...context, ...given]));
}
const samples = (path: string) => {
  mkdirSync(join(sandbox.workspace, 'baselines'), { recursive: true });
  writeFileSync(join(sandbox.workspace, path), JSON.stringify(result));
};
const names = (run: ReturnType<typeof runAction>) => run.ran.map(({ name }) => name);
const logOf = (run: ReturnType<typeof runAction>, wanted: string) =>
  run.ran.find(({ name }) => name === wanted)?.log ?? '';
const allSteps = ['Set up', 'Measure', 'Gate', 'Report', 'Pack the artifacts', 'Remove what is left of the VMs'];

describe('the steps of the action', () => {
  it('measure, say that the gate was skipped, report, pack and collect [M-21] [M-24] [H-36]', () => {
    sandbox.expect([...ready, boot()]);
    const run = runAction({ image: 'debian-12' });
    expect([run.code, names(run)]).toEqual([0, allSteps]);
    expect(run.outputs['gate']).toEqual({ verdict: 'skipped' });
    expect(run.outputs['measure']).toEqual({ directory: directory(), result: resultPath() });
    expect(logOf(run, 'Gate')).toContain(
      '::notice title=sysmonvm::Gate skipped: baseline_ms and baseline_summary_json are empty, and there is no file baselines/x86_64.json.',
    );
    expect(run.summary).toContain('3 completed, 0 failed, 1 timed out. Gate: skipped');
    expect(run.summary).toContain('| boot boot\\_total | ms | 3 | 1250 | 1100 | 1300 |');
    expect(sandbox.calls()).toEqual([['version'], ['host-setup', '--yes'], bootArgs, ['vm-gc']]);
  });

  it('show what a console prints, and let it command nothing', () => {
    sandbox.expect([...ready, boot()]);
    const log = logOf(runAction({ image: 'debian-12' }), 'Measure');
    const token = /^::stop-commands::(stop-[0-9a-f]{32})$/m.exec(log)?.[1];
    expect(token).toBeDefined();
    expect(log).toContain(`::${token}::`);
  });

  it('end with the verdict, and still report, pack and collect [H-41] [H-46] [M-22] [M-23]', () => {
    samples('before.json');
    const words = [`--current=${resultPath()}`, '--baseline=before.json', '--tolerance=5'];
    sandbox.expect([...ready, boot(), ...gate(words, comparison(), 'regressed', 1), ...report(comparison())]);
    const run = runAction({ image: 'debian-12', baseline_summary_json: 'before.json', tolerance: '5' });
    expect([run.code, names(run)]).toEqual([1, allSteps]);
    expect(run.outputs['gate']).toEqual({ verdict: 'regressed', comparison: comparison() });
    expect(run.summary).toContain('Gate: REGRESSED');
    expect(logOf(run, 'Gate')).toContain('the gate says regressed');
    expect(logOf(run, 'Report')).toContain('::warning::annotation');
    expect(sandbox.calls().slice(-2)).toEqual([...report(comparison()).map(({ args }) => args), ['vm-gc']]);

    const [upload] = run.used;
    expect(upload?.with).toMatchObject({ name: 'sysmonvm-debian-12-x86_64-ci-20261122T010000Z-1' });
    const staged = upload?.with['path'] ?? '';
    expect(readdirSync(staged).sort()).toEqual([
      'baselines',
      'boot_time.json',
      'metrics.tar.gz',
      'report',
      'summary.json',
    ]);
    expect(JSON.parse(readFileSync(join(staged, 'baselines/x86_64.json'), 'utf8'))).toEqual(result);
    const listed = execFileSync('tar', ['-tzf', join(staged, 'metrics.tar.gz')], { encoding: 'utf8' }).split('\n');
    expect(listed).toContain('./debian-12/x86_64/boot-report-2026-11-22T01:00:00.json');
    expect(listed).toContain('./debian-12/x86_64/report/comparison.json');
  });

  it('take the baseline of the repository where there is one: an average by the summary, samples by samples [M-23] [M-60] [H-37]', () => {
    mkdirSync(join(sandbox.workspace, 'baselines'));
    writeFileSync(join(sandbox.workspace, 'baselines/x86_64.json'), '{"avg_ms":1200,"note":"by hand"}');
    const average = [`--summary=${join(directory(), 'summary.json')}`, '--baseline=baselines/x86_64.json'];
    sandbox.expect([...ready, boot(), ...gate(average, comparison(), 'passed', 0), ...report(comparison())]);
    expect(runAction({ image: 'debian-12' })).toMatchObject({ code: 0, outputs: { gate: { verdict: 'passed' } } });

    samples('baselines/x86_64.json');
    const sets = [`--current=${resultPath()}`, '--baseline=baselines/x86_64.json'];
    sandbox.expect([...ready, boot(), ...gate(sets, comparison(), 'passed', 0), ...report(comparison())]);
    expect(runAction({ image: 'debian-12' })).toMatchObject({ code: 0, outputs: { gate: { verdict: 'passed' } } });
  });

  it('judge by a number and by a file, and take the worse [M-19] [M-23]', () => {
    samples('before.json');
    const ms = [`--metrics=${join(directory(), 'boot_time.json')}`, '--baseline-ms=65000'];
    const sets = [`--current=${resultPath()}`, '--baseline=before.json'];
    const reports = [...report(comparison()), ...report(comparisonMs())];
    const inputs = { image: 'debian-12', baseline_ms: '65000', baseline_summary_json: 'before.json' };
    sandbox.expect([
      ...ready,
      boot(),
      ...gate(ms, comparisonMs(), 'regressed', 1),
      ...gate(sets, comparison(), 'passed', 0),
      ...reports,
    ]);
    expect(runAction(inputs)).toMatchObject({ code: 1, outputs: { gate: { verdict: 'regressed' } } });
    sandbox.expect([
      ...ready,
      boot(),
      ...gate(ms, comparisonMs(), 'passed', 0),
      ...gate(sets, comparison(), 'inconclusive', 10),
      ...reports,
    ]);
    expect(runAction(inputs)).toMatchObject({ code: 10, outputs: { gate: { verdict: 'inconclusive' } } });
  });

  it('let an inconclusive verdict pass only when told to, and still say it', () => {
    samples('baselines/x86_64.json');
    const sets = [`--current=${resultPath()}`, '--baseline=baselines/x86_64.json'];
    sandbox.expect([...ready, boot(), ...gate(sets, comparison(), 'inconclusive', 10), ...report(comparison())]);
    expect(runAction({ image: 'debian-12' }).code).toBe(10);
    const run = runAction({ image: 'debian-12', inconclusive: 'warn' });
    expect(run).toMatchObject({ code: 0, outputs: { gate: { verdict: 'inconclusive' } } });
    expect(logOf(run, 'Gate')).toContain('::warning title=sysmonvm::Inconclusive');
  });

  it('never pass over a baseline that was asked for and is not there', () => {
    const words = [`--current=${resultPath()}`, '--baseline=gone.json'];
    const missing = { args: gateArgs(words, comparison()), code: 9, stderr: 'error\n' };
    sandbox.expect([...ready, boot(), missing]);
    const run = runAction({ image: 'debian-12', baseline_summary_json: 'gone.json' });
    expect(run).toMatchObject({ code: 9, outputs: { gate: { verdict: 'error' } } });
    expect(names(run)).toEqual(allSteps);
  });

  it('take a gate that says nothing for no verdict, whatever its exit code', () => {
    samples('baselines/x86_64.json');
    const words = [`--current=${resultPath()}`, '--baseline=baselines/x86_64.json'];
    sandbox.expect([...ready, boot(), { args: gateArgs(words, comparison()), stdout: 'skipped\n' }]);
    expect(runAction({ image: 'debian-12' })).toMatchObject({ code: 70, outputs: { gate: { verdict: 'error' } } });
  });

  it('collect after a measurement that failed, with nothing to judge or to upload', () => {
    sandbox.expect([...ready, { args: bootArgs, code: 5, stdout: '{"error":{"code":"image.unknown"}}' }]);
    const run = runAction({ image: 'debian-12' });
    expect([run.code, names(run)]).toEqual([5, allSteps.filter((name) => name !== 'Gate')]);
    expect(run.used).toEqual([]);
    expect(run.summary).toContain('nothing was measured');
    expect(sandbox.calls().at(-1)).toEqual(['vm-gc']);
  });

  it('keep the artifacts of boots of which none was completed, and fail', () => {
    sandbox.expect([...ready, { ...boot(), code: 6 }]);
    const run = runAction({ image: 'debian-12' });
    expect([run.code, names(run), run.used.length]).toEqual([6, allSteps, 1]);
  });

  it('refuse to boot nothing, or two things, and what npm would not take for a version', () => {
    sandbox.expect(ready);
    expect(runAction({}).code).toBe(2);
    expect(runAction({ image: 'debian-12', iso_path: '/a.iso' }).code).toBe(2);
    const run = runAction({ image: 'debian-12', 'sysmonvm-version': 'file:../evil' });
    expect([run.code, names(run)]).toEqual([
      2,
      ['Set up', 'Report', 'Pack the artifacts', 'Remove what is left of the VMs'],
    ]);
    expect(logOf(run, 'Remove what is left of the VMs')).toContain('never set up');
  });

  it('notice a call that nobody expected', () => {
    sandbox.expect(ready);
    expect(runAction({ image: 'debian-12' }).code).toBe(97);
  });
});

describe('an input', () => {
  const hostile =
    '--out=x $(touch pwned) `touch pwned` "; touch pwned; \' && touch pwned\n::error::pwned\nresult=pwned %0A $HOME *';

  it('reaches the program as it is, and runs nothing [M-19]', () => {
    const args = ['iso', 'arch', 'iterations', 'label', 'out'].map((name) => `--${name}=${hostile}`);
    const call = { ...boot(), args: ['bench', 'boot', '--json', ...args, '--commit=c0ffee'] };
    const words = ['--tolerance', '--baseline'].map((name) => `${name}=${hostile}`).reverse();
    const sets = [`--current=${resultPath()}`, ...words];
    const ms = [`--metrics=${join(directory(), 'boot_time.json')}`, `--baseline-ms=${hostile}`, words[1] ?? ''];
    const reports = [...report(comparison()), ...report(comparisonMs())];
    sandbox.expect([
      ...ready,
      call,
      ...gate(ms, comparisonMs(), 'passed', 0),
      ...gate(sets, comparison(), 'passed', 0),
      ...reports,
    ]);
    const run = runAction({
      iso_path: hostile,
      arch: hostile,
      iterations: hostile,
      label: hostile,
      'output-dir': hostile,
      baseline_ms: hostile,
      baseline_summary_json: hostile,
      tolerance: hostile,
      inconclusive: hostile,
    });
    expect(run.ran.map(({ code, log }) => [code, code === 0 ? '' : log])).toEqual(allSteps.map(() => [0, '']));
    expect(run.outputs['measure']).toEqual({ directory: directory(), result: resultPath() });
    expect(readdirSync(sandbox.workspace).sort()).toEqual(['metrics', 'scripts']);
  });

  it('does not make a command of the runner of a message', () => {
    sandbox.expect(ready);
    const { log } = runAction({ image: 'debian-12', 'sysmonvm-version': hostile }).ran[0] ?? { log: '' };
    expect(log.split('\n').filter((line) => line.startsWith('::'))).toHaveLength(1);
    expect(log).toContain('%0A::error::pwned%0Aresult=pwned %250A');
  });
});

describe('the workloads of the workflow', () => {
  const { jobs } = parse(readFileSync(join(projectRoot, '.github/workflows/measure.yml'), 'utf8')) as {
    jobs: { workloads: { steps: readonly Step[] } };
  };
  const steps = jobs.workloads.steps.filter(
    ({ run, name }) => run?.startsWith('bash scripts/ci/') || name?.startsWith('Upload'),
  );

  it.each([
    ['pull_request', 'quick', ['--subset=quick']],
    ['schedule', '', []],
  ])('%s: run, are compared and end with the verdict [H-34] [H-56]', (event, subset, words) => {
    const set = join(sandbox.workspace, 'perf_results/1/results.json');
    const args = ['bench', 'run', '--json', ...words, '--image=debian-12', `--label=${event}`];
    const baseline = 'baselines/workloads-x86_64.json';
    const kept = join(sandbox.workspace, 'perf_results/1/report/comparison.json');
    const run: ExpectedCall = {
      args: [...args, '--output-dir=perf_results', '--commit=c0ffee'],
      stdout: JSON.stringify({ path: set }),
      files: { [set]: JSON.stringify(result) },
    };
    samples(baseline);
    sandbox.expect([
      ...ready,
      run,
      ...gate([`--current=${set}`, `--baseline=${baseline}`], kept, 'regressed', 1),
      ...report(kept),
    ]);
    const installed = { ...sandbox, env: { ...sandbox.env, SYSMONVM_VERSION: 'installed' } };
    const context = { 'github.event_name': event, "github.event_name == 'pull_request' && 'quick' || ''": subset };
    const ran = runSteps(installed, steps, context);
    expect([ran.code, ran.outputs['gate']?.['verdict']]).toEqual([1, 'regressed']);
    expect(ran.ran.map(({ code }) => code)).toEqual([0, 0, 1, 0, 0, 0]);
    expect(readdirSync(join(ran.used[0]?.with['path'] ?? '', 'baselines'))).toEqual(['workloads-x86_64.json']);
    expect(sandbox.calls().at(-1)).toEqual(['vm-gc']);
  });
});
