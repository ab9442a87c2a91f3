import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { programOutputLimit } from '../../../src/core/ports/program-runner.ts';
import { createRunProgram } from '../../../src/host/process/run-program.ts';
import { bundleFixture } from '../../support/bundle-fixture.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/workbench.ts';

const runProgram = createRunProgram(process.env);
const python = ['python3', '-I', '-c'];

async function run(
  command: readonly string[],
  options: { timeoutMs?: number; signal?: AbortSignal; cwd?: string } = {},
) {
  const cwd = options.cwd ?? (await temporaryDirectory());
  const { timeoutMs = 30_000, signal = new AbortController().signal } = options;
  return runProgram({ command, cwd, env: { PACKET_SIZE: '64' }, timeoutMs, signal });
}

const isRunning = (pid: string): boolean =>
  existsSync(`/proc/${pid}`) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

describe('a measured program', () => {
  it('gets its variables, its folder and words that no shell sees [H-10]', async () => {
    const cwd = await temporaryDirectory();
    const result = await run(['sh', '-c', 'echo "$PACKET_SIZE $1"; pwd; echo words >&2', 'sh', '$(id) *'], { cwd });
    expect(result).toMatchObject({ stdout: `64 $(id) *\n${cwd}\n`, stderr: 'words\n', end: { exitCode: 0 } });
  });

  it('ends with its code or its signal, which are different things [H-26]', async () => {
    expect((await run(['sh', '-c', 'exit 3'])).end).toEqual({ exitCode: 3 });
    expect((await run(['sh', '-c', 'kill -SEGV $$'])).end).toEqual({ signal: 'SIGSEGV' });
    expect((await run(['no-such-program'])).end).toEqual({ exitCode: 127 });
  });

  it('is ended at its deadline with all that it started, also what does not listen [H-26]', async () => {
    const deaf =
      'trap "" TERM; echo $$; sh -c "trap : TERM; echo \\$\\$; while :; do sleep 1; done" & sleep 60; sleep 60';
    const result = await run(['sh', '-c', deaf], { timeoutMs: 500 });
    expect(result.end).toEqual({ timedOut: true });
    expect(result.usage).toEqual({});
    const pids = result.stdout.trim().split('\n');
    expect(pids).toHaveLength(2);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('leaves nothing in its group when it ends by itself', async () => {
    const { stdout } = await run(['sh', '-c', 'sleep 60 & echo $!']);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isRunning(stdout.trim())).toBe(false);
  });

  it('is ended when the command is interrupted', async () => {
    const controller = new AbortController();
    const running = run(['sleep', '60'], { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 200);
    await expect(running).rejects.toThrow('enough');
  });

  it('prints no more than is kept, and it is told that there was more', async () => {
    const result = await run(['sh', '-c', `head -c ${programOutputLimit + 10} /dev/zero`]);
    expect(result.stdout.length).toBe(programOutputLimit);
    expect(result.truncated).toBe(true);
  });

  it('is measured: processors of everything it waited for, memory of the whole tree [H-14]', async () => {
    const child =
      'import time; kept = bytearray(60_000_000); end = time.process_time() + 0.6\nwhile time.process_time() < end: pass';
    const parent = `import subprocess, sys; subprocess.run([sys.executable, "-I", "-c", ${JSON.stringify(child)}])`;
    const { usage } = await run([...python, parent]);
    expect(usage.absent).toBeUndefined();
    expect(usage.cpuPercentAverage).toBeGreaterThan(1);
    expect(usage.cpuPercentAverage).toBeLessThanOrEqual(101);
    expect(usage.memoryDeltaMb).toBeGreaterThan(60);
    expect(usage.memoryDeltaMb).toBeLessThan(200);
  });

  it('that sleeps uses no processor', async () => {
    const { usage } = await run(['sleep', '1']);
    expect(usage.cpuPercentAverage).toBeLessThan(10);
  });

  it('that used less than a tick in a short time has no average, not 0', async () => {
    const { usage } = await run(['true']);
    expect(usage.cpuPercentAverage).toBeUndefined();
    expect(usage.absent).toContain('less processor time than the kernel tells apart');
  });

  it('does not outlive us', async () => {
    const fixture = await bundleFixture('run-program.mjs');
    const file = join(await temporaryDirectory(), 'pid');
    const host = spawn(process.execPath, [fixture, file]);
    await until('the program runs', () => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));
    const pid = readFileSync(file, 'utf8').trim();
    expect(isRunning(pid)).toBe(true);
    host.kill('SIGKILL');
    await until('the program is gone', () => !isRunning(pid));
  });
});
