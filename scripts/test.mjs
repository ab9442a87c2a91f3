#!/usr/bin/env node
/**
 * `npm test [suite…]`: prepares checkout and host, runs the suites one after the other, and ends with the line
 * "N passed, N failed". Plain Node: it runs before there is a node_modules. A failing suite does not hide a later one.
 *
 * The guests of `e2e` are emulated one at a time and leave a processor free: `check`, `unit` and `host`, which boot
 * nothing, run beside it when they are wanted too, and what they say is shown when they have ended. `machines`, which
 * times things, has the machine to itself.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installTestPackages } from './host-packages.mjs';
import { buildCli, cli, forwardSignals, installPackages, interrupted, interruptedCode, root, run } from './prepare.mjs';
import { countTests, failures, seconds, sumCounts, summaryLine } from './test-report.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
const passed = { passed: 1, failed: 0, skipped: 0 };
const failed = { passed: 0, failed: 1, skipped: 0 };

const checks = {
  lint: [bin('biome'), ['check', '--error-on-warnings', '.']],
  types: [bin('tsc'), ['--noEmit']],
  'types of the page': [bin('tsc'), ['--noEmit', '-p', join(root, 'src', 'page')]],
  'dead code': [bin('knip'), []],
};

const suites = {
  check: runChecks,
  ...Object.fromEntries(
    ['unit', 'machines', 'host', 'e2e', 'aarch64', 'guest', 'boots'].map((name) => [
      name,
      (options) => vitest(name, options),
    ]),
  ),
};
const defaultSuites = ['check', 'unit', 'host', 'e2e', 'machines'];
/** Boot nothing. */
const light = ['check', 'unit', 'host'];
const gently = ['nice', '-n', '15'];
const needHost = new Set(['machines', 'host', 'e2e', 'aarch64', 'guest', 'boots']);

const results = [];
const failureTexts = [];

async function measured(name, action) {
  console.log(`\n== ${name}`);
  const startedAt = Date.now();
  const counts = await action();
  results.push({ name, counts, ms: Date.now() - startedAt });
}

/**
 * `beside` are run one after the other, with less right to the processors than `loud`, and write to a file until that
 * has ended too.
 */
async function measuredTogether(beside, loud) {
  const folder = mkdtempSync(join(tmpdir(), 'sysmonvm-test-'));
  const file = join(folder, 'output');
  try {
    console.log(`\n== ${beside.join(' and ')} meanwhile`);
    const outcomes = runBeside(beside, file);
    await measured(loud, suites[loud]);
    const ended = await outcomes;
    console.log(`\n== ${beside.join(' and ')}`);
    process.stdout.write(readFileSync(file));
    results.push(...ended);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runBeside(names, file) {
  writeFileSync(file, '');
  await buildImage('debian-12', gently);
  const outcomes = [];
  for (const name of names) {
    if (interrupted()) break;
    const startedAt = Date.now();
    const counts = await suites[name]({ file, prefix: gently }).catch(() => failed);
    outcomes.push({ name, counts, ms: Date.now() - startedAt });
  }
  return outcomes;
}

async function runChecks({ file, prefix = [] } = {}) {
  const counts = [];
  const out = file === undefined ? 1 : openSync(file, 'a');
  try {
    for (const [name, [tool, args]] of Object.entries(checks)) {
      if (interrupted()) break;
      const [command, ...words] = [...prefix, tool, ...args];
      const code = await run(command, words, { stdio: ['inherit', out, out] });
      writeSync(out, `${code === 0 ? 'ok' : 'FAILED'}  ${name}\n`);
      if (code !== 0) failureTexts.push(`${name}: see under "check"`);
      counts.push(code === 0 ? passed : failed);
    }
  } finally {
    if (file !== undefined) closeSync(out);
  }
  return sumCounts(counts);
}

async function vitest(project, { file: output, prefix = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sysmonvm-test-'));
  const file = join(folder, 'report.json');
  const out = output === undefined ? 'inherit' : openSync(output, 'a');
  try {
    const args = ['--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const [command, ...words] = [...prefix, bin('vitest'), 'run', ...args];
    const code = await run(command, words, { stdio: ['inherit', out, out] });
    const report = readReport(file);
    failureTexts.push(...failures(report, root));
    return countTests(report, code);
  } finally {
    if (out !== 'inherit') closeSync(out);
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Once for all tests. A test that needs one which could not be made here says why. */
async function buildImage(image, prefix = []) {
  const workspace = mkdtempSync(join(tmpdir(), 'sysmonvm-test-'));
  const cache = process.env.SYSMONVM_TEST_CACHE ?? join(root, '.tmp', 'test-cache');
  const fetch = [cli, 'fetch-image', '--image', image, '--quiet', '--workspace', workspace];
  const [command, ...words] = [...prefix, process.execPath, ...fetch];
  try {
    await run(command, words, { env: { ...process.env, XDG_CACHE_HOME: cache }, stdio: 'ignore' });
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** With a workspace of its own, so that nothing of the person who runs the tests is touched. */
async function prepareHost() {
  await installTestPackages({ aarch64: wanted.includes('aarch64'), guest: wanted.includes('guest') });
  const workspace = mkdtempSync(join(tmpdir(), 'sysmonvm-test-'));
  try {
    return (await run(process.execPath, [cli, 'host-setup', '--yes', '--workspace', workspace])) === 0
      ? passed
      : failed;
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

const wanted = process.argv.slice(2).length === 0 ? defaultSuites : process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(suites, name));
if (unknown.length > 0) {
  console.error(`test: no suite ${unknown.join(', ')}; there are ${Object.keys(suites).join(', ')}`);
  process.exit(2);
}

forwardSignals();
try {
  await installPackages();
  await measured('build', async () => ((await buildCli()) === 0 ? passed : failed));
  if (wanted.some((name) => needHost.has(name))) await measured('host-setup', prepareHost);
  const beside = wanted.includes('e2e') ? light.filter((name) => wanted.includes(name)) : [];
  for (const name of wanted) {
    if (interrupted() || beside.includes(name)) continue;
    if (name === 'e2e' && beside.length > 0) await measuredTogether(beside, 'e2e');
    else await measured(name, suites[name]);
  }
} catch (error) {
  console.error(`test: ${error.message}`);
  results.push({ name: 'preparation', counts: failed, ms: 0 });
}

const total = sumCounts(results.map(({ counts }) => counts));
for (const text of failureTexts) console.log(`\nFAILED  ${text}`);
console.log();
for (const { name, counts, ms } of results)
  console.log(`${name.padEnd(12)}${seconds(ms).padStart(12)}   ${summaryLine(counts)}`);
if (interrupted()) console.log('interrupted: what is missing above did not run');
console.log(summaryLine(total));
process.exitCode = interrupted() ? interruptedCode() : total.failed === 0 ? 0 : 1;
