import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { countTests, failures, sumCounts, summaryLine } from '../../../scripts/test-report.mjs';
import { listFiles, projectRoot } from './source-tree.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
}
interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, { readonly 'timeout-minutes'?: number; readonly steps: readonly Step[] }>>;
}

describe('workflows [R-98]', () => {
  const files = listFiles('.github/workflows', /\.yml$/);

  it.each(files)('%s pins every action, limits time and rights, and puts no expression into a shell line', (file) => {
    const workflow = parse(readFileSync(join(projectRoot, file), 'utf8')) as Workflow;
    expect(workflow.permissions).toEqual({ contents: 'read' });
    for (const job of Object.values(workflow.jobs)) {
      expect(job['timeout-minutes']).toBeGreaterThan(0);
      for (const { uses, run } of job.steps) {
        if (uses !== undefined) expect(uses).toMatch(/^(?:\.\/|[\w-]+\/[\w-]+@[0-9a-f]{40})$/);
        if (run !== undefined) expect(run).not.toContain('${{');
      }
    }
  });

  it('run what .ci/run runs, within half an hour [R-88] [R-115]', () => {
    const { jobs } = parse(readFileSync(join(projectRoot, '.github/workflows/ci.yml'), 'utf8')) as Workflow;
    expect(jobs['test']?.steps.map(({ run }) => run)).toContain('.ci/run');
    expect(jobs['test']?.['timeout-minutes']).toBeLessThanOrEqual(30);
  });
});

describe('the numbers of a test run', () => {
  const report = {
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 1,
    testResults: [] as object[],
  };
  const unloaded = { status: 'failed', assertionResults: [] };
  const oneFailed = { status: 'failed', assertionResults: [{ status: 'failed' }] };

  it('count what passed and what was skipped', () => {
    expect(countTests(report, 0)).toEqual({ passed: 3, failed: 0, skipped: 2 });
  });
  it('count a file that could not be loaded as one failure', () => {
    expect(countTests({ ...report, numFailedTests: 1, testResults: [unloaded, oneFailed] }, 1).failed).toBe(2);
  });
  it('never let a run pass that failed outside of a test, or left no report', () => {
    expect(countTests(report, 1).failed).toBe(1);
    expect(countTests(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
  it('are summed into one line', () => {
    expect(
      summaryLine(
        sumCounts([
          { passed: 1, failed: 0, skipped: 0 },
          { passed: 2, failed: 1, skipped: 0 },
        ]),
      ),
    ).toBe('3 passed, 1 failed');
    expect(summaryLine({ passed: 1, failed: 0, skipped: 4 })).toBe('1 passed, 0 failed, 4 skipped');
  });
});

describe('what failed', () => {
  const failed = (fullName: string, message: string) => ({ status: 'failed', fullName, failureMessages: [message] });

  it('is said with its file, its name and the beginning of the reason, without colours', () => {
    const long = Array.from({ length: 40 }, (_, at) => `line ${at}`).join('\n');
    const testResults = [
      { name: '/p/test/a.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] },
      { name: '/p/test/b.test.ts', status: 'failed', assertionResults: [failed('b does', '\u001b[31mno\u001b[39m')] },
      { name: '/p/test/c.test.ts', status: 'failed', assertionResults: [failed('c does', long)] },
      { name: '/p/test/d.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
    ];
    const [b, c, d, ...more] = failures({ testResults }, '/p');
    expect(b).toBe('test/b.test.ts > b does\n    no');
    expect(c?.split('\n')).toHaveLength(32);
    expect(c).toMatch(/line 29\n {4}… 10 more lines above$/);
    expect(d).toBe('test/d.test.ts\n    no such module');
    expect(more).toEqual([]);
  });
  it('is said too when the runner left no report', () => {
    expect(failures(undefined, '/p')).toHaveLength(1);
  });
});

describe('.ci/run ends with the summary', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'sysmonvm-ci-'));
    mkdirSync(join(folder, '.ci'));
    cpSync(join(projectRoot, '.ci/run'), join(folder, '.ci/run'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Stands in for npm: anything but `npm test` in the project's folder is an error. */
  function ciRun(script: string): { readonly code: number; readonly lines: readonly string[] } {
    const npm = join(folder, 'npm');
    writeFileSync(
      npm,
      `#!/bin/sh\n[ "$*" = test ] && [ "$PWD" = "${folder}" ] || { echo "unexpected: npm $* in $PWD"; exit 99; }\n${script}\n`,
    );
    chmodSync(npm, 0o755);
    const options = { cwd: '/', env: { PATH: `${folder}:${process.env['PATH']}` }, encoding: 'utf8' as const };
    try {
      return { code: 0, lines: execFileSync(join(folder, '.ci/run'), options).trim().split('\n') };
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: string };
      return { code: status, lines: stdout.trim().split('\n') };
    }
  }

  it('when all is well', () => {
    const { code, lines } = ciRun('echo "12 passed, 0 failed, 3 skipped"');
    expect([code, ...lines.slice(-2)]).toEqual([0, '12 passed, 0 failed, 3 skipped', '12 passed, 0 failed']);
  });
  it('when npm adds words of its own after a failure', () => {
    const { code, lines } = ciRun('echo "12 passed, 1 failed"; echo "npm error" >&2; exit 1');
    expect([code, lines.at(-1)]).toEqual([1, '12 passed, 1 failed']);
    expect(lines).toContain('npm error');
  });
  it('when there was no summary, with a failure', () => {
    expect(ciRun('echo nothing')).toMatchObject({ code: 1, lines: ['nothing', '0 passed, 1 failed'] });
    expect(ciRun('exit 7').code).toBe(7);
  });
});
