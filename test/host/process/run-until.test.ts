import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { runUntil } from '../../../src/host/process/run-until.ts';
import { bundleFixture } from '../../support/bundle-fixture.ts';

const runner = createProcessRunner();
const env = { PATH: process.env['PATH'] ?? '' };
const sh = (script: string, more: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {}) =>
  runUntil('/bin/sh', ['-c', script], {
    env,
    timeoutMs: 30_000,
    until: (stdout) => stdout.includes('ready'),
    ...more,
  });
const gone = (pid: number) => expect.poll(() => runner.identify(pid), { timeout: 5_000 }).toBeUndefined();

describe('a program that is watched until it has spoken', () => {
  it('is killed as soon as it has said what was waited for', async () => {
    const started = Date.now();
    const result = await sh('echo $$; echo word >&2; echo ready; exec sleep 60');
    expect(result).toMatchObject({ matched: true, timedOut: false, stderr: 'word\n' });
    await gone(Number.parseInt(result.stdout, 10));
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  it('is killed at the end of the time, though it ignores TERM and has children that hold its output', async () => {
    const started = Date.now();
    const result = await sh("trap '' TERM HUP INT; echo $$; while :; do sleep 5; done", { timeoutMs: 300 });
    expect(result).toMatchObject({ matched: false, timedOut: true });
    await gone(Number.parseInt(result.stdout, 10));
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  it('tells how it ended by itself, with all it said', async () => {
    expect(await sh('echo a; echo b >&2; exit 5')).toMatchObject({ exitCode: 5, stdout: 'a\n', stderr: 'b\n' });
    expect(await sh('kill -ABRT $$')).toMatchObject({ exitCode: undefined, signal: 'SIGABRT', matched: false });
    expect((await sh('head -c 150000 /dev/zero | tr "\\0" x')).stdout).toHaveLength(150_000);
  });

  it('rejects with the reason when it is cancelled', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => controller.abort(reason), 100);
    await expect(sh('exec sleep 60', { signal: controller.signal })).rejects.toBe(reason);
  });

  it('does not outlive us when we are killed', async () => {
    const us = spawn(process.execPath, [await bundleFixture('run-until.mjs')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [text] = (await once(us.stdout.setEncoding('utf8'), 'data')) as [string];
    const pid = Number.parseInt(text, 10);
    expect(await runner.identify(pid)).toBeDefined();
    us.kill('SIGKILL');
    await gone(pid);
  });
});
