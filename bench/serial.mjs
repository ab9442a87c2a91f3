#!/usr/bin/env node
/**
 * Does the reader of a guest's serial port keep up? A program stands in for QEMU and prints through the same kind of
 * socket; the product's own reader stamps, indexes and searches what comes for the markers of a table. First as fast as
 * it is taken, then at a steady pace, where each line holds the moment at which it was printed: what of a CPU the reader
 * needs, and how long after the printing a line is stamped.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'rolldown';
import { milliseconds, table, target, targetAtLeast } from './lib/report.mjs';

const about = `Serial console: lines a second, CPU and delay of their times

usage: node bench/serial.mjs [--lines N] [--seconds N] [--pace N]
  --lines    lines as fast as they are taken (default 2000000)
  --seconds  how long lines come at the steady pace (default 10)
  --pace     lines a second then (default 50000)
target: at least 50,000 lines a second, of 80 bytes, with the markers of Linux looked for`;

const root = fileURLToPath(new URL('..', import.meta.url));
const guest = join(root, 'test/fixtures/serial-guest.mjs');
const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '2000000' },
    seconds: { type: 'string', default: '10' },
    pace: { type: 'string', default: '50000' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(about);
else process.exitCode = await measure();

async function measure() {
  const directory = mkdtempSync(join(tmpdir(), 'sm-serial-'));
  try {
    const parts = await bundleParts(join(directory, 'parts'));
    console.log(`${about.split('\n')[0]}\nOn: Node ${process.version}, ${cpus().length} CPUs (${cpus()[0]?.model})\n`);
    const flood = await printed(parts, directory, Number(values.lines), 0);
    const pace = Number(values.pace);
    const steady = await printed(parts, directory, pace * Number(values.seconds), pace);
    const row = (/** @type {string} */ name, /** @type {Printed} */ run) => [
      name,
      String(Math.round(run.linesPerSecond)),
      `${(run.cpuShare * 100).toFixed(0)} %`,
      `${run.grownMib.toFixed(0)} MiB`,
      ...[0.5, 0.99, 1].map((share) => milliseconds(quantile(run.delays, share) / 1000)),
    ];
    console.log(
      table([
        ['lines of 80 bytes', 'a second', 'of a CPU', 'memory grown by', 'delay: median', '99 %', 'most'],
        row('as fast as taken', flood),
        row(`${pace} a second`, steady),
      ]),
    );
    console.log();
    const fast = targetAtLeast('lines a second', flood.linesPerSecond, 50_000, (value) => String(Math.round(value)));
    const lost = target('lines lost', flood.lost + steady.lost, 0, String);
    return fast && lost ? 0 : 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @typedef {{ linesPerSecond: number, cpuShare: number, grownMib: number, delays: number[], lost: number }} Printed */

/** @param {any} parts @param {string} directory @param {number} lines @param {number} pace @returns {Promise<Printed>} */
async function printed(
  { createMediumMachines, createProcessRunner, observeConsole, linuxMarkers },
  directory,
  lines,
  pace,
) {
  const machines = createMediumMachines({ runner: createProcessRunner(), env: process.env });
  const observer = observeConsole(linuxMarkers, undefined, () => undefined);
  const serialSocket = join(directory, 'serial');
  rmSync(serialSocket, { force: true });
  /** @type {number[]} */
  const delays = [];
  let [ends, first, last] = [0, 0, 0];
  const before = process.memoryUsage.rss();
  let most = before;
  const cpuBefore = process.cpuUsage();
  const run = await machines.start({
    executable: process.execPath,
    args: [guest, serialSocket, String(lines), '80', String(pace)],
    ...{ serialSocket, timesPath: join(directory, 'times.csv'), debugLog: join(directory, 'debug.log') },
    temporaryDirectory: directory,
    onChunk: (/** @type {string} */ text, /** @type {number} */ atMs) => {
      first ||= atMs;
      last = atMs;
      observer.feed(text, atMs);
      // One line of a chunk: the first that is whole was printed before all others of it.
      const sent = /^L\d{9} ([\d.]+) /m.exec(text)?.[1];
      if (sent !== undefined) delays.push(performance.timeOrigin + performance.now() - Number(sent));
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) ends += 1;
      most = Math.max(most, process.memoryUsage.rss());
    },
  });
  while (run.end === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
  await run.stop('at-once');
  const used = process.cpuUsage(cpuBefore);
  const tookMs = last - first;
  if (statSync(join(directory, 'times.csv')).size < lines * 10) throw new Error('the index of the lines is not whole');
  return {
    linesPerSecond: (ends - 1) / (tookMs / 1000),
    cpuShare: (used.user + used.system) / 1000 / tookMs,
    grownMib: (most - before) / 1024 ** 2,
    delays: delays.sort((a, b) => a - b),
    lost: lines - (ends - 1),
  };
}

/** @param {readonly number[]} sorted @param {number} share */
function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** @param {string} directory */
async function bundleParts(directory) {
  const { writeFileSync, mkdirSync } = await import('node:fs');
  mkdirSync(directory, { recursive: true });
  const entry = join(directory, 'entry.ts');
  const from = (/** @type {string} */ path) => JSON.stringify(join(root, 'src', path));
  writeFileSync(
    entry,
    [
      `export { createMediumMachines } from ${from('host/measure/medium-machines.ts')};`,
      `export { createProcessRunner } from ${from('host/process/process-runner.ts')};`,
      `export { observeConsole } from ${from('app/measure/console-observer.ts')};`,
      `export { linuxMarkers } from ${from('core/measure/markers/linux.ts')};`,
    ].join('\n'),
  );
  const file = join(directory, 'parts.mjs');
  await build({
    input: entry,
    platform: 'node',
    output: { file, format: 'esm', codeSplitting: false },
    logLevel: 'silent',
  });
  return import(pathToFileURL(file).href);
}
