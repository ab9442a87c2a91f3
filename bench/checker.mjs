#!/usr/bin/env node
/**
 * What does the checker cost? A round of its collectors and an answer to GetStatus, on simulated machines of 8 and 64
 * CPUs (files, so that the numbers do not depend on this machine's kernel); then the service itself on this machine: its
 * share of a CPU at two intervals, and its memory.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { delayReceiver } from './lib/otlp-delay.mjs';
import { milliseconds, table, target } from './lib/report.mjs';
import { count, runBench } from './lib/run-bench.mjs';
import { ended, projectRoot } from './lib/sandbox.mjs';
import { simulateMachine } from './lib/simulated-machine.mjs';

const about = `Cost of the checker

usage: node bench/checker.mjs [--rounds N] [--seconds N]
  --rounds   rounds and answers on each simulated machine (default 1000)
  --seconds  how long the service is watched at each interval, and its pushes (default 30)
targets: an answer in at most 5 ms (99th percentile, of the clock and of a CPU: other programs make only the first one
longer), at most 1 % of a CPU at one sample a second, at most 15 s from a sample to an OTLP receiver by the defaults`;

const limits = { answerSeconds: 0.005, share: 0.01, delaySeconds: 15 };
const inSeconds = (/** @type {number} */ value) => `${value.toFixed(1)} s`;
const percent = (/** @type {number} */ value) => `${(value * 100).toFixed(2)} %`;

await runBench({
  about,
  options: { rounds: { type: 'string', default: '1000' }, seconds: { type: 'string', default: '30' } },
  measure: async (sandbox, values) => {
    const rounds = count(values['rounds'], 'rounds', 100);
    const parts = await bundleParts(join(sandbox.root, 'parts'));
    const machines = [];
    for (const cpus of [8, 64]) {
      process.stderr.write(`${cpus} CPUs\n`);
      machines.push(await measureMachine(parts, join(sandbox.root, `cpus-${cpus}`), cpus, rounds));
    }
    const cells = (/** @type {Cost[]} */ costs) => [
      milliseconds(quantile(costs, 0.5, 'clock')),
      milliseconds(quantile(costs, 0.99, 'clock')),
      milliseconds(quantile(costs, 0.99, 'cpu')),
    ];
    for (const { cpus, fast, slow, status, results, readings } of machines) {
      console.log(`A simulated machine of ${cpus} CPUs, ${readings} readings in a fast round`);
      console.log(
        table([
          [`${rounds} times each`, 'median', '99 %', '99 % of a CPU'],
          ['fast round', ...cells(fast)],
          [`slow round (${slow.length} times), 200 processes, 20 containers`, ...cells(slow)],
          ['GetStatus', ...cells(status)],
          ['GetResults, 120 samples', ...cells(results)],
        ]),
      );
      console.log();
    }
    const watched = [];
    for (const interval of ['1s', '250ms']) {
      process.stderr.write(`the service at ${interval}\n`);
      watched.push({ interval, ...(await watchService(sandbox, interval, count(values['seconds'], 'seconds', 5))) });
    }
    console.log(`The service on this machine, ${values['seconds']} s`);
    console.log(
      table([
        ['a sample each', 'of a CPU', 'resident'],
        ...watched.map(({ interval, share, residentMib }) => [
          interval,
          percent(share),
          `${residentMib.toFixed(0)} MiB`,
        ]),
      ]),
    );
    console.log();
    process.stderr.write('pushes\n');
    const delays = await pushDelays(sandbox, count(values['seconds'], 'seconds', 5));
    console.log(`Age of a sample when an OTLP receiver has it, by the defaults (a push every 10 s, over HTTP)`);
    console.log(
      table([
        ['pushes', 'samples', 'median', 'oldest'],
        [String(delays.batches), String(delays.ages.length), inSeconds(delays.median), inSeconds(delays.oldest)],
      ]),
    );
    console.log();
    const answers = machines.flatMap(({ cpus, status }) =>
      /** @type {const} */ (['clock', 'cpu']).map((measure) =>
        target(
          `GetStatus of ${cpus} CPUs, ${measure === 'clock' ? 'by the clock' : 'time of a CPU'}`,
          quantile(status, 0.99, measure),
          limits.answerSeconds,
          milliseconds,
        ),
      ),
    );
    return [
      ...answers,
      target('share of a CPU at 1s', watched[0].share, limits.share, percent),
      target('age of the oldest sample of a push', delays.oldest, limits.delaySeconds, inSeconds),
    ].every(Boolean);
  },
});

/** The sources as modules: this Node may not read TypeScript. @param {string} dir */
async function bundleParts(dir) {
  const entries = {
    collectors: 'checker/collectors',
    history: 'checker/sampler/history',
    answers: 'checker/export/answers',
    texts: 'checker/sources/text-source',
    config: 'core/checker/config',
  };
  const input = Object.entries(entries).map(([name, path]) => [name, join(projectRoot, 'src', `${path}.ts`)]);
  await build({
    input: Object.fromEntries(input),
    platform: 'node',
    logLevel: 'silent',
    output: { dir, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
  });
  const load = (/** @type {string} */ name) => import(pathToFileURL(join(dir, `${name}.mjs`)).href);
  const [collectors, history, answers, texts, config] = await Promise.all(Object.keys(entries).map(load));
  return { ...collectors, ...history, ...answers, ...texts, ...config };
}

/** @param {any} parts @param {string} root @param {number} cpus @param {number} rounds */
async function measureMachine(parts, root, cpus, rounds) {
  const machine = simulateMachine(root, cpus);
  machine.pass(1);
  const { config } = parts.checkConfig({ collectors: { perf: false } });
  const collectors = parts.createCollectors(config, parts.textSource(root));
  const paced = (/** @type {string} */ pace) => collectors.filter((/** @type {any} */ one) => one.pace === pace);
  const history = parts.createHistory(120);
  const [fast, slow] = [[], []];
  let latest;
  const collect = async (/** @type {any[]} */ chosen, /** @type {number} */ at, /** @type {Cost[]} */ costs) => {
    const cost = startCost();
    const readings = [];
    for (const collector of chosen) readings.push(...(await collector.collect(at)));
    costs.push(cost());
    return readings;
  };
  for (let round = 1; round <= rounds; round++) {
    const at = Date.now();
    machine.pass(round + 1);
    const readings = await collect(paced('fast'), at, fast);
    const slower = round % 10 === 0 ? await collect(paced('slow'), at, slow) : (latest?.slower ?? []);
    latest = { at, sequence: round, readings: [...readings, ...slower], slower, fast: readings.length };
    history.add({ sequence: round, at, readings });
  }
  const sampler = {
    latest: () => latest,
    since: (/** @type {number} */ from) => history.since(from),
    onSample: () => () => {},
    failures: () => new Map(),
  };
  const identity = { hostId: 'a'.repeat(32), hostname: 'simulated', hostIp: '192.0.2.1', agentId: 'bench' };
  const answers = parts.createAnswers(sampler, identity, 'bench');
  const status = costsOf(rounds, () => answers.status());
  const results = costsOf(rounds, () => answers.results(`bench-${rounds - 120}`, 'page'));
  return { cpus, fast, slow, status, results, readings: latest?.fast };
}

/** @typedef {{ readonly clock: number, readonly cpu: number }} Cost in seconds; the second one of all threads */

/** @returns {() => Cost} */
function startCost() {
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { clock: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 };
  };
}

/** @param {number} times @param {() => unknown} action @returns {Cost[]} */
function costsOf(times, action) {
  return Array.from({ length: times }, () => {
    const cost = startCost();
    action();
    return cost();
  });
}

/** @param {readonly Cost[]} costs @param {number} share @param {keyof Cost} measure */
function quantile(costs, share, measure) {
  const sorted = costs.map((cost) => cost[measure]).toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** @param {import('./lib/sandbox.mjs').Sandbox} sandbox @param {string} interval @param {number} seconds */
async function watchService(sandbox, interval, seconds) {
  const program = join(projectRoot, 'dist', 'checker.cjs');
  if (!existsSync(program)) throw new Error('dist/checker.cjs is missing: npm run build');
  const config = join(sandbox.root, `checker-${interval}.json`);
  writeFileSync(config, JSON.stringify({ listen_addr: '127.0.0.1:0', sample_interval: interval }));
  const child = sandbox.spawn(process.execPath, [program, '--config', config]);
  const wait = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
  // Starting is not counted, nor the first collection of garbage after it.
  await wait(10_000);
  const [before, began] = [cpuSeconds(child.pid), performance.now()];
  await wait(seconds * 1000);
  const share = (cpuSeconds(child.pid) - before) / ((performance.now() - began) / 1000);
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
  await ended(child, 'SIGTERM');
  return { share, residentMib: Number(resident) / 1024 };
}

/** The first push has no full interval behind it. @param {import('./lib/sandbox.mjs').Sandbox} sandbox @param {number} seconds */
async function pushDelays(sandbox, seconds) {
  const receiver = await delayReceiver();
  const config = join(sandbox.root, 'checker-otlp.json');
  const otlp = { endpoint: receiver.url, protocol: 'http/protobuf' };
  writeFileSync(config, JSON.stringify({ listen_addr: '127.0.0.1:0', otlp }));
  const child = sandbox.spawn(process.execPath, [join(projectRoot, 'dist', 'checker.cjs'), '--config', config]);
  await new Promise((resolve) => setTimeout(resolve, (seconds + 12) * 1000));
  const batches = receiver.batches.slice(1);
  await ended(child, 'SIGTERM');
  receiver.close();
  const ages = batches.flat().toSorted((a, b) => a - b);
  if (ages.length === 0) throw new Error('the service pushed nothing');
  return { batches: batches.length, ages, median: ages[Math.floor(ages.length / 2)], oldest: ages.at(-1) ?? 0 };
}

/** Of all threads, in nanoseconds by the scheduler's own count. @param {number | undefined} pid */
function cpuSeconds(pid) {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const times = tasks.map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]));
  return times.reduce((sum, time) => sum + time, 0) / 1e9;
}
