import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { observeConsole } from '../../../src/app/measure/console-observer.ts';
import { createMediumMachines } from '../../../src/host/measure/medium-machines.ts';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { systemClock as clock } from '../../../src/host/process/system-clock.ts';
import { watchdogScript } from '../../../src/host/process/watchdog-script.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const guest = fileURLToPath(new URL('../../fixtures/serial-guest.mjs', import.meta.url));
const runner = createProcessRunner();
const machines = createMediumMachines({ runner, env: process.env });
const table = {
  name: 'flood',
  title: 'numbered lines',
  markers: [
    { name: 'first', pattern: '^L000000000 ' },
    { name: 'late', pattern: '^L000399999 ' },
    { name: 'end', pattern: '^END$' },
  ],
  end: ['end'],
  failure: [],
};

async function startGuest(directory: string, args: readonly string[], onChunk: (text: string, atMs: number) => void) {
  const serialSocket = join(directory, 'serial');
  return machines.start({
    executable: process.execPath,
    args: [guest, serialSocket, ...args],
    serialSocket,
    timesPath: join(directory, 'times.csv'),
    debugLog: join(directory, 'debug.log'),
    temporaryDirectory: directory,
    onChunk,
  });
}

describe('a serial port that floods', () => {
  it('loses no line, and what is held of it does not grow [E.3-4]', async () => {
    const directory = await temporaryDirectory();
    const lines = 400_000;
    const observer = observeConsole(table, undefined, () => undefined);
    const before = process.memoryUsage().rss;
    let most = 0;
    const run = await startGuest(directory, [String(lines), '100'], (text, atMs) => {
      observer.feed(text, atMs);
      most = Math.max(most, process.memoryUsage.rss());
    });
    while (run.end === undefined) await clock.sleep(20);
    await run.stop('at-once');
    observer.settle(Number.POSITIVE_INFINITY);
    expect(observer.watch.markers.map(({ name }) => name)).toEqual(['first', 'late', 'end']);
    const index = readFileSync(join(directory, 'times.csv'), 'utf8').trimEnd().split('\n').slice(1);
    expect(index).toHaveLength(lines + 1);
    const [number, , offset] = (index.at(-1) ?? '').split(',').map(Number);
    expect([number, offset]).toEqual([
      lines + 1,
      lines * (index[1] === undefined ? 0 : Number(index[1].split(',')[2])),
    ]);
    const times = index.map((line) => Number(line.split(',')[1]));
    expect(times.every((at, line) => line === 0 || at >= (times[line - 1] ?? 0))).toBe(true);
    // The guest printed some 40 MB; a queue of it would be seen.
    expect((most - before) / 1024 ** 2).toBeLessThan(150);
  });

  it('is stamped when it comes, not when it is looked at [M-11]', async () => {
    const directory = await temporaryDirectory();
    const seen: { readonly sentAt: number; readonly atMs: number }[] = [];
    const run = await startGuest(directory, ['300', '80', '100'], (text, atMs) => {
      for (const match of text.matchAll(/^L\d{9} ([\d.]+) /gm)) seen.push({ sentAt: Number(match[1]), atMs });
    });
    while (run.end === undefined) await clock.sleep(500);
    await run.stop('at-once');
    expect(seen).toHaveLength(300);
    const span = (of: 'sentAt' | 'atMs'): number => (seen.at(-1)?.[of] ?? 0) - (seen[0]?.[of] ?? 0);
    // Three seconds of printing are not one moment, although nobody looked more often than twice a second.
    expect(span('sentAt')).toBeGreaterThan(2000);
    expect(span('atMs')).toBeGreaterThan(span('sentAt') / 2);
  });
});

describe('a machine that is measured', () => {
  it('does not outlive us, however we end', async () => {
    const directory = await temporaryDirectory();
    // A parent that starts a sleeper through the watchdog, tells its pid and hangs.
    const parent = spawn(
      process.execPath,
      [
        '-e',
        `const { spawn } = require('node:child_process');
         const child = spawn('/bin/sh', ['-c', process.argv[1], 'w', 'sleep', '1000'],
           { stdio: ['pipe', 'ignore', 'ignore', 'ignore', 'ignore', 'pipe'] });
         child.stdio[5].on('data', (pid) => process.stdout.write(pid));
         setInterval(() => undefined, 1000);`,
        watchdogScript,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], cwd: directory },
    );
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
    const identity = await runner.identify(pid);
    expect(identity).toBeDefined();
    parent.kill('SIGKILL');
    if (identity) while (await runner.isAlive(identity)) await clock.sleep(20);
  });
});
