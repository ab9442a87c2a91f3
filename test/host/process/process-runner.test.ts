import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { systemClock } from '../../../src/host/process/system-clock.ts';
import { strictPrograms } from '../../support/strict-programs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const runner = createProcessRunner();

async function isGone(pid: number): Promise<boolean> {
  const started = Date.now();
  while ((await runner.identify(pid)) !== undefined) {
    if (Date.now() - started > 5_000) return false;
    await systemClock.sleep(50);
  }
  return true;
}

describe('run', () => {
  it('hands arguments and input over as they are, without a shell', async () => {
    const words = ['$(id)', '`id`', 'a b', '*', '', "'", '--', '\n'];
    const { stdout } = await runner.run('printf', ['<%s>', ...words]);
    expect(stdout).toBe(words.map((word) => `<${word}>`).join(''));
    expect((await runner.run('cat', [], { input: 'from us\nand more' })).stdout).toBe('from us\nand more');
    expect((await runner.run('cat', [])).stdout).toBe('');
  });

  it('gives a minimal environment: PATH, locale, home, proxies and what is asked for', async () => {
    const env = {
      ...process.env,
      HOME: '/home/u',
      SECRET_TOKEN: 'x',
      https_proxy: 'proxy:1',
      LD_PRELOAD: '',
      LC_ALL: 'tr_TR',
    };
    const careful = createProcessRunner({ env });
    const { stdout } = await careful.run('env', [], { env: { OWN: '1' } });
    const names = stdout.split('\n').map((line) => line.split('=')[0]);
    expect(names).toEqual(expect.arrayContaining(['PATH', 'HOME', 'LANG', 'https_proxy', 'OWN']));
    for (const name of ['SECRET_TOKEN', 'LD_PRELOAD', 'LC_ALL', 'NODE_OPTIONS', 'VITEST'])
      expect(names).not.toContain(name);
    expect(stdout).toContain('LANG=C.UTF-8');
  });

  it('a program that ends with an error is a typed failure with its last words', async () => {
    const script = 'for i in $(seq 1 50); do echo line $i >&2; done; exit 3';
    await expect(runner.run('sh', ['-c', script])).rejects.toMatchObject({
      code: 'host.tool-failed',
      message: expect.stringMatching(/sh ended with exit code 3:\nline 31\n(?:.*\n)*line 50$/),
      details: { exitCode: 3, args: ['-c', script] },
    });
    await expect(runner.run('sh', ['-c', 'echo only here; exit 1'])).rejects.toThrow('only here');
    await expect(runner.run('false', [])).rejects.toThrow('and said nothing');
    await expect(runner.run('sh', ['-c', 'kill -9 $$'])).rejects.toThrow('sh was ended by SIGKILL');
  });

  it('exit codes that are expected are answers', async () => {
    expect(await runner.run('sh', ['-c', 'exit 3'], { acceptExitCodes: [0, 3] })).toMatchObject({ exitCode: 3 });
    expect(await runner.run('sh', ['-c', 'exit 9'], { acceptExitCodes: 'any' })).toMatchObject({ exitCode: 9 });
    await expect(runner.run('sh', ['-c', 'kill -9 $$'], { acceptExitCodes: 'any' })).rejects.toThrow('SIGKILL');
  });

  it('lines arrive while it runs, of both streams, and are in the result as well', async () => {
    const seen: string[] = [];
    const result = await runner.run('sh', ['-c', 'echo a; echo b >&2; printf c'], {
      onLine: (line, stream) => seen.push(`${stream} ${line}`),
    });
    expect(seen.toSorted()).toEqual(['stderr b', 'stdout a', 'stdout c']);
    expect(result).toMatchObject({ stdout: 'a\nc', stderr: 'b' });
  });

  it('the end of the time is a failure of its own, and the program is gone, also one that ignores TERM', async () => {
    const quick = createProcessRunner({ killAfterMs: 200 });
    const pidFile = join(await temporaryDirectory(), 'pid');
    const script = `trap '' TERM; echo $$ > ${pidFile}; echo working >&2; while :; do sleep 0.1; done`;
    const error = await quick.run('sh', ['-c', script], { timeoutMs: 600 }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'host.tool-deadline',
      kind: 'deadline',
      message: expect.stringContaining('working'),
    });
    expect(await isGone(Number(await readFile(pidFile, 'utf8')))).toBe(true);
  });

  it('what the program had started does not hold the end up', async () => {
    const started = Date.now();
    const script = 'sleep 20; true';
    await expect(runner.run('sh', ['-c', script], { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'host.tool-deadline',
    });
    await expect(runner.run('sh', ['-c', script], { timeoutMs: 300, onLine: () => undefined })).rejects.toMatchObject({
      code: 'host.tool-deadline',
    });
    await expect(runner.run('sh', ['-c', script], { signal: AbortSignal.timeout(300) })).rejects.toThrow();
    expect(Date.now() - started).toBeLessThan(8_000);
  });

  it('cancelling rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('the user left');
    const running = runner.run('sleep', ['60'], { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 100);
    await expect(running).rejects.toBe(reason);
    await expect(runner.run('true', [], { signal: controller.signal })).rejects.toBe(reason);
  });

  it('output is bounded', async () => {
    const small = createProcessRunner({ maxOutputBytes: 1000 });
    await expect(small.run('sh', ['-c', 'yes | head -c 100000'])).rejects.toThrow('printed more than it may');
  });

  it('a missing program is its own error, with what the package manager of this host would bring it by', async () => {
    for (const [manager, command] of [
      ['apt-get', 'sudo apt-get install -y genisoimage'],
      ['dnf', 'sudo dnf install -y xorriso'],
      ['zypper', 'sudo zypper --non-interactive install xorriso'],
      ['pacman', 'sudo pacman -S --needed --noconfirm libisoburn'],
    ] as const) {
      const { runner: foreign, add } = await strictPrograms();
      await add(manager);
      await expect(foreign.run('genisoimage', [])).rejects.toMatchObject({
        code: 'host.tool-missing',
        message: expect.stringContaining('genisoimage is not installed'),
        next: [command, 'sysmonvm host-setup'],
      });
    }
    const { runner: bare } = await strictPrograms();
    await expect(bare.run('genisoimage', [])).rejects.toMatchObject({ next: ['sysmonvm host-setup'] });
  });

  it('a file that is no program fails with its name', async () => {
    const path = join(await temporaryDirectory(), 'broken');
    await writeFile(path, '\u007fELF is not enough');
    await chmod(path, 0o755);
    await expect(runner.run(path, [])).rejects.toMatchObject({
      code: 'host.tool-failed',
      message: expect.stringContaining(path),
    });
  });
});

describe('which', () => {
  it('looks at PATH, then where an ordinary PATH does not reach; never at a relative folder', async () => {
    const folder = await temporaryDirectory();
    await writeFile(join(folder, 'tool'), '#!/bin/sh\n');
    const find = (path: string, extraPath: readonly string[] = []) =>
      createProcessRunner({ env: { PATH: path }, extraPath }).which('tool');
    expect(await find(folder)).toBeUndefined();
    await chmod(join(folder, 'tool'), 0o755);
    expect(await find(folder)).toBe(join(folder, 'tool'));
    expect(await find('/nonexistent', [folder])).toBe(join(folder, 'tool'));
    expect(await find('.:bin')).toBeUndefined();
    expect(await runner.which(folder)).toBeUndefined();
  });
});

describe('the clock', () => {
  it('sleeps, and wakes with the reason of the signal', async () => {
    const started = systemClock.now();
    await systemClock.sleep(50);
    expect(systemClock.now() - started).toBeGreaterThanOrEqual(45);
    const controller = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => controller.abort(reason), 20);
    await expect(systemClock.sleep(60_000, controller.signal)).rejects.toBe(reason);
    await expect(systemClock.sleep(1, controller.signal)).rejects.toBe(reason);
  });
});
