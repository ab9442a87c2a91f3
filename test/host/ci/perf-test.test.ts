import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ExpectedCall, makeSandbox, type Sandbox } from '../../support/step-runner.ts';
import { projectRoot } from '../../unit/project/source-tree.ts';

let sandbox: Sandbox;
let standIn: string;
beforeEach(() => {
  sandbox = makeSandbox();
  standIn = sandbox.program;
});
afterEach(() => sandbox.remove());

/** The Makefile of the project in a folder of its own; the program counts as built. */
function make(...words: string[]) {
  const fixed = ['-f', join(projectRoot, 'Makefile'), '--no-print-directory', '-s', '-o', 'dist/cli/main.js'];
  const { status, stdout, stderr } = spawnSync('make', [...fixed, `SYSMONVM=${sandbox.program}`, ...words], {
    cwd: sandbox.workspace,
    env: sandbox.env,
    encoding: 'utf8',
  });
  return { status, lines: stdout.trim().split('\n'), stdout, stderr };
}

const folder = () => join(sandbox.workspace, 'my perf');
const baseline = () => join(folder(), 'baselines/v1.0/riscv64');
const page = () => join(sandbox.workspace, 'perf_regression_report.html');
const variables = () => [`HARVEY_PERF_DIR=${folder()}`, 'LAST_RELEASE_TAG=v1.0', 'TARGET_ARCH=riscv64'];
const put = (path: string, text = '{}') => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

interface Course {
  readonly ran?: number;
  readonly judged: number;
  readonly against?: string;
  readonly more?: readonly string[];
}
const runOf = (words: readonly string[], code = 0): ExpectedCall => ({
  args: ['bench', 'run', '--output-dir=perf_results', ...words, '--json'],
  code,
  stdout: JSON.stringify({ path: 'perf_results/1/results.json' }),
});
function course({ ran = 0, judged, against = baseline(), more = [] }: Course): readonly ExpectedCall[] {
  return [
    runOf(['--arch=riscv64', ...more], ran),
    {
      args: ['bench', 'gate', '--current=perf_results/1/results.json', `--baseline=${against}`],
      code: judged,
      stdout: 'metric by metric\n',
    },
  ];
}

/** The folder of the report is made by the script; its name is known only then. */
function expecting(calls: readonly ExpectedCall[], { report = true } = {}): void {
  const wrapper = join(dirname(standIn), 'reporting');
  const write = `mkdir -p "\${5#--report=}" && echo "<p>slower</p>" >"\${5#--report=}/report.html"`;
  writeFileSync(
    wrapper,
    `#!/bin/sh
case "$1 $2 $5" in
"bench gate --report="*)
  ${report ? write : ':'}
  set -- "$1" "$2" "$3" "$4" ;;
"bench gate"*) exit 97 ;;
esac
exec ${standIn} "$@"
`,
    { mode: 0o755 },
  );
  sandbox.expect(calls);
  sandbox = { ...sandbox, program: wrapper };
}

describe('make perf-test', () => {
  it('passes with its words and no report [H-47] [H-48]', () => {
    put(join(baseline(), 'debian-12-workloads.json'));
    put(page(), 'of an earlier run');
    expecting(course({ judged: 0 }));
    const { status, lines } = make('perf-test', ...variables());
    expect([status, lines]).toEqual([0, ['metric by metric', 'Performance tests passed.']]);
    expect(existsSync(page())).toBe(false);
    expect(sandbox.calls()).toHaveLength(2);
  });

  it('writes its report when something regressed, says so and fails [H-46] [H-47]', () => {
    put(join(baseline(), 'debian-12-workloads.json'));
    expecting(course({ judged: 1 }));
    const { status, lines } = make('perf-test', ...variables());
    expect(status).not.toBe(0);
    expect(lines).toEqual([
      'metric by metric',
      'Performance regression detected!',
      'The comparison is in perf_regression_report.html.',
    ]);
    expect(readFileSync(page(), 'utf8')).toBe('<p>slower</p>\n');
  });

  it('is neither passed nor regressed when the data do not say', () => {
    put(join(baseline(), 'debian-12-workloads.json'));
    expecting(course({ judged: 10 }));
    const { status, stdout } = make('perf-test', ...variables());
    expect(status).not.toBe(0);
    expect(stdout).toContain('Inconclusive');
    expect(stdout).not.toMatch(/passed\.|detected/);
    expect(existsSync(page())).toBe(true);
  });

  it('does not pass when a workload failed, though nothing regressed [H-40]', () => {
    put(join(baseline(), 'debian-12-workloads.json'));
    expecting(course({ ran: 1, judged: 0 }));
    const { status, stdout } = make('perf-test', ...variables());
    expect(status).not.toBe(0);
    expect(stdout).toContain('A workload failed or missed a criterion');
    expect(stdout).not.toContain('Performance tests passed.');
  });

  it('fails on a regression even when no report could be made, and says that too', () => {
    put(join(baseline(), 'debian-12-workloads.json'));
    expecting(course({ judged: 1 }), { report: false });
    const { status, stdout, stderr } = make('perf-test', ...variables());
    expect(status).not.toBe(0);
    expect(stdout).toContain('Performance regression detected!');
    expect(stderr).toContain('the report could not be made');
  });

  it('runs nothing without a baseline or a tag, and says how to make one', () => {
    const missing = make('perf-test', ...variables());
    expect(missing.stderr).toContain(`there is no baseline ${baseline()}`);
    expect(missing.stderr).toContain('bench baseline set');
    const untagged = make('perf-test');
    expect(untagged.stderr).toContain('make perf-test LAST_RELEASE_TAG=');
    expect([missing.status, untagged.status]).not.toContain(0);
    expect(sandbox.calls()).toEqual([]);
  });

  it('says nothing of a comparison when the workloads left no result', () => {
    put(join(baseline(), 'debian-12-workloads.json'));
    sandbox.expect([{ ...runOf(['--arch=riscv64'], 4), stdout: '' }]);
    const { status, stdout, stderr } = make('perf-test', ...variables());
    expect([status === 0, stdout]).toEqual([false, '']);
    expect(stderr).toContain('left no result');
  });

  it('takes workloads of the project, a baseline in YAML and more words [H-44]', () => {
    const file = join(folder(), 'baselines/v1.0/riscv64.yaml');
    put(file);
    put(join(folder(), 'workloads.yaml'));
    const workloads = `--workloads=${join(folder(), 'workloads.yaml')}`;
    const [, gate] = course({ judged: 0, against: file });
    expecting([runOf([workloads, '--arch=riscv64', '--image', 'my image']), ...(gate ? [gate] : [])]);
    const { status, lines } = make('perf-test', ...variables(), "ARGS=--image 'my image'");
    expect([status, lines.at(-1)]).toEqual([0, 'Performance tests passed.']);
  });

  it('ends with the code of the verdict itself, where make only knows that something failed', () => {
    put(join(baseline(), 'debian-12-workloads.json'));
    const env = { HARVEY_PERF_DIR: folder(), LAST_RELEASE_TAG: 'v1.0', TARGET_ARCH: 'riscv64' };
    for (const judged of [1, 10]) {
      expecting(course({ judged }));
      const run = spawnSync('bash', ['scripts/perf-test.sh', sandbox.program], {
        cwd: sandbox.workspace,
        env: { ...sandbox.env, ...env },
      });
      expect(run.status).toBe(judged);
    }
  });
});

describe('make minix-metrics and minix-install', () => {
  const hostile = "/a b/$(touch pwned) 'x'.iso";

  it('hand over the medium, whatever its name [M-62]', () => {
    const boot = ['bench', 'boot', '--guest', 'minix', '--markers', 'minix', '--iso', hostile, '--arch'];
    const metrics = [...boot, 'arm', '--iterations', '5'];
    const install = [
      ...boot,
      'i386',
      '--install-script',
      'answers.yaml',
      '--disk',
      'minix.qcow2',
      '--size',
      '2G',
      '--vnc-port',
      '5901',
    ];
    sandbox.expect([metrics, install].map((args) => ({ args })));
    const iso = `ISO=${hostile.replaceAll('$', '$$$$')}`;
    expect(make('minix-metrics', iso, 'ARCH=arm', 'ITER=5').status).toBe(0);
    expect(make('minix-install', iso, 'SCRIPT=answers.yaml', 'DISK=minix.qcow2', 'VNC=5901').status).toBe(0);
    expect(sandbox.calls()).toEqual([metrics, install]);
    expect(existsSync(join(sandbox.workspace, 'pwned'))).toBe(false);
  });
});
