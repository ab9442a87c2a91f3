#!/usr/bin/env node
/**
 * What the terminal UI costs: the time to its first frame against `node -e 0` in the same kind of terminal, the
 * processor it takes while nothing happens, and how long a frame takes while ten thousand events and ten thousand
 * console lines come every second.
 */
import { spawn } from 'node:child_process';
import { bundleTui, floodedFrames } from './lib/flooded-tui.mjs';
import { comparePairs, interleave } from './lib/pairs.mjs';
import { cpuSecondsOf } from './lib/processes.mjs';
import { milliseconds, table, target, times, withInterval } from './lib/report.mjs';
import { count, pairsDone, runBench } from './lib/run-bench.mjs';
import { program } from './lib/sandbox.mjs';

const about = `Terminal UI: first frame, idle, flood

usage: node bench/tui.mjs [--pairs N] [--vms N] [--idle SECONDS] [--flood SECONDS] [--stopped]
  --pairs    interleaved pairs of the first frame (default 15)
  --vms      VMs of the workspace while it idles (default 20)
  --stopped  they are stopped; else they are forks of tiny that run
  --idle     seconds that are watched (default 30)
  --flood    seconds of events and lines (default 10)
targets: first frame within 2.5 x node -e 0 and 150 ms; idle below 1 % of a core; 95 of 100 frames within 50 ms while
10,000 events and 10,000 lines a second come, with memory that does not grow`;

const size = ['--image', 'tiny', '--cpus', '1', '--memory', '256M', '--disk', '2G'];
const screenIsThere = /VMs?, \d+ ready/;

await runBench({
  about,
  options: {
    pairs: { type: 'string', default: '15' },
    vms: { type: 'string', default: '20' },
    idle: { type: 'string', default: '30' },
    flood: { type: 'string', default: '10' },
    stopped: { type: 'boolean', default: false },
  },
  measure: async (sandbox, values) => {
    const pairs = count(values['pairs'], 'pairs');
    const vms = count(values['vms'], 'vms', 1);
    const stopped = values['stopped'] === true;
    makeVms(sandbox, vms, stopped);

    const node = () => inTerminal(sandbox, [process.execPath, '-e', '0'], /$^/);
    const screen = () => inTerminal(sandbox, [process.execPath, program, 'top'], screenIsThere);
    await node();
    await screen();
    const runs = await interleave(pairs, screen, node, pairsDone(pairs));
    const first = comparePairs(runs.ours, runs.theirs);
    const idle = await idleShare(sandbox, Number(values['idle']));
    const flood = await floodedFrames(await bundleTui(), Number(values['flood']) * 1000);

    const kind = stopped ? 'stopped' : 'running';
    console.log(
      `${table([
        ['what', 'measured'],
        ['first frame', milliseconds(first.ours)],
        ['node -e 0', milliseconds(first.theirs)],
        ['ratio', withInterval(first.ratio, times)],
        [`idle with ${vms} ${kind} VMs`, `${(idle.alone * 100).toFixed(2)} % of a core`],
        ['while keys are pressed', `${(idle.attended * 100).toFixed(2)} % of a core`],
        ['flood: events, lines', `${flood.events}, ${flood.lines}`],
        ['flood: frames', `${flood.frames}, ${(flood.frames / Number(values['flood'])).toFixed(1)} a second`],
        [
          'flood: frame p50, p95, most',
          [flood.p50, flood.p95, flood.most].map((ms) => milliseconds(ms / 1000)).join(', '),
        ],
        ['flood: loop held up p95', milliseconds(flood.loopP95 / 1000)],
        ['flood: memory after a third, at the end', `${flood.heapEarly.toFixed(0)}, ${flood.heapLate.toFixed(0)} MiB`],
      ])}\n`,
    );
    const limit = first.theirs * 2.5 + 0.15;
    return [
      target('first frame', first.ours, limit, milliseconds),
      target('idle', idle.alone * 100, 1, (share) => `${share.toFixed(2)} %`),
      target('frame p95', flood.p95 / 1000, 0.05, milliseconds),
      target('memory', flood.heapLate / flood.heapEarly, 1.25, times),
    ].every(Boolean);
  },
});

/** @param {import('./lib/sandbox.mjs').Sandbox} sandbox @param {number} vms @param {boolean} stopped */
function makeVms(sandbox, vms, stopped) {
  sandbox.run(['fetch-image', '--image', 'tiny']);
  if (stopped) {
    for (let index = 0; index < vms; index += 1) sandbox.run(['vm-create', `vm-${index}`, ...size]);
    return;
  }
  sandbox.run(['template', 'create', 'bench', ...size]);
  sandbox.run(['fork', 'bench', '--count', String(vms)]);
}

/**
 * Seconds until the text is on the terminal, or until the program has ended by itself. util-linux `script` gives the
 * terminal.
 * @param {import('./lib/sandbox.mjs').Sandbox} sandbox @param {readonly string[]} command @param {RegExp} text
 * @returns {Promise<number>}
 */
function inTerminal(sandbox, command, text) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = terminal(sandbox, command);
    let seen = '';
    let taken = Number.NaN;
    child.stdout?.on('data', (bytes) => {
      seen += String(bytes);
      if (!Number.isNaN(taken) || !text.test(seen)) return;
      taken = (performance.now() - startedAt) / 1000;
      child.stdin?.write('q');
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (Number.isNaN(taken)) taken = (performance.now() - startedAt) / 1000;
      if (code === 0) resolve(taken);
      else reject(new Error(`${command.join(' ')} ended with ${code}: ${seen}`));
    });
  });
}

/** @param {import('./lib/sandbox.mjs').Sandbox} sandbox @param {readonly string[]} command */
function terminal(sandbox, command) {
  const line = `stty cols 120 rows 40; exec ${command.map((word) => `'${word}'`).join(' ')}`;
  const env = { ...sandbox.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', SHELL: '/bin/sh' };
  return spawn('script', ['-qefc', line, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Shares of one processor: as somebody has just come, and when no key was pressed for long. @param {import('./lib/sandbox.mjs').Sandbox} sandbox @param {number} seconds */
async function idleShare(sandbox, seconds) {
  const child = terminal(sandbox, [process.execPath, program, 'top']);
  child.stdout?.resume();
  const closed = new Promise((resolve) => child.once('close', resolve));
  await pause(8000);
  const pid = await childOf(child.pid ?? 0);
  const shareOf = async (/** @type {number} */ ms) => {
    const before = { cpu: cpuSecondsOf(pid), at: performance.now() };
    await pause(ms);
    return (cpuSecondsOf(pid) - before.cpu) / ((performance.now() - before.at) / 1000);
  };
  const attended = await shareOf(20_000);
  // For two minutes after the last key it asks more often.
  await pause(97_000);
  const alone = await shareOf(seconds * 1000);
  child.stdin?.write('q');
  await closed;
  return { attended, alone };
}

/** @param {number} pid */
async function childOf(pid) {
  const { readFileSync } = await import('node:fs');
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return Number(child);
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
