import { describe, expect, it } from 'vitest';
import { progressMode } from '../../../src/cli/progress.ts';
import { createLineReporter } from '../../../src/cli/progress-lines.ts';
import { describeTerminal } from '../../../src/cli/terminal.ts';
import type { Call, Progress } from '../../../src/core/engine.ts';
import { cli } from '../../support/run-cli.ts';
import { bootStart, markAt, readyVm } from '../../support/snapshots.ts';

const events: readonly Progress[] = [
  { kind: 'step', step: 'make the overlay', state: 'running' },
  { kind: 'step', step: 'make the overlay', state: 'done', detail: '40 GiB' },
  { kind: 'mark', mark: markAt('kernel', 4000), startedAt: bootStart },
  { kind: 'console', line: '\u001b[2Jlogin:' },
  { kind: 'waiting', probe: 'ssh banner', answer: 'connection reset' },
  { kind: 'notice', level: 'warning', text: 'emulated' },
];

describe('progress as lines', () => {
  it('goes to standard error, results to standard output', async () => {
    const start = async (_name: string, _options: unknown, call: Call) => {
      for (const event of events) call.report(event);
      return { outcome: 'accepted' as const, vm: readyVm({ warnings: [] }) };
    };
    const { stdout, stderr } = await cli(['vm-start', 'build'], { engine: { start } });
    expect(stderr).toBe(
      'make the overlay …\nmake the overlay: done (40 GiB)\nboot: kernel after 4s\nwarning: emulated\n',
    );
    expect(stdout).toBe(
      'build: ready after 12.4s [debian-12 for x86_64, trust: local, tcg]\nnext: sysmonvm ssh build\n',
    );
    const verbose = await cli(['vm-start', 'build', '-v'], { engine: { start } });
    expect(verbose.stderr).toContain('console| login:\nwaiting for ssh banner: connection reset\n');
    expect((await cli(['vm-start', 'build', '--quiet'], { engine: { start } })).stderr).toBe('');
    expect((await cli(['vm-start', 'build', '--json'], { engine: { start } })).stderr).toBe('');
  });
  it('tells a download every five seconds and at its end', () => {
    const lines: string[] = [];
    let now = 0;
    const report = createLineReporter((line) => lines.push(line), { verbose: false, now: () => now });
    for (let done = 0; done <= 100; done += 10) {
      report({ kind: 'bytes', what: 'image', done: done * 1024 * 1024, total: 100 * 1024 * 1024 });
      now += 2000;
    }
    expect(lines.map((line) => line.replace(/.*\(/, '('))).toEqual(['(0 %)', '(30 %)', '(60 %)', '(90 %)', '(100 %)']);
  });
});

describe('the form of progress', () => {
  const streams = (isTTY: boolean) => {
    const stream = Object.assign(process.stderr, {});
    return { stdin: process.stdin, stdout: { ...stream, isTTY }, stderr: { ...stream, isTTY } };
  };
  const plain = { json: false, quiet: false, verbose: false };
  const mode = (tty: boolean, flags = plain, env = {}) =>
    progressMode(describeTerminal(streams(tty) as never, env, true), flags, env);
  it('is a screen only where something can be redrawn', () => {
    expect(mode(true)).toBe('screen');
    expect(mode(false)).toBe('lines');
    expect(mode(true, plain, { TERM: 'dumb' })).toBe('lines');
    expect(mode(true, plain, { CI: 'true' })).toBe('lines');
    expect(mode(true, { ...plain, verbose: true })).toBe('lines');
    expect(mode(true, { ...plain, quiet: true })).toBe('none');
    expect(mode(true, { ...plain, json: true })).toBe('none');
  });
});
