#!/usr/bin/env node
/**
 * `npm run test:soak [-- --minutes N --seed N]`: lives of the tiny guest, one after another, each ended in a way that
 * a seeded generator chooses; after each nothing of it may be left on the host.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cli, prepare } from './prepare.mjs';
import { summaryLine } from './test-report.mjs';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
});
const until = Date.now() + Number(values.minutes) * 60_000;
let random = Number(values.seed);
const next = () => {
  random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
  return random / 2_147_483_648;
};

await prepare();
const root = mkdtempSync(join(tmpdir(), 'sysmonvm-soak-'));
const env = {
  ...process.env,
  SYSMONVM_WORKSPACE: join(root, 'ws'),
  XDG_STATE_HOME: join(root, 'state'),
  XDG_RUNTIME_DIR: root,
};
const size = ['--image', 'tiny', '--cpus', '1', '--memory', '256M', '--disk', '1G'];
const sysmonvm = (...args) => spawnSync(process.execPath, [cli, ...args], { env, encoding: 'utf8', timeout: 300_000 });

/** Starts a command and ends it with the signal after a while. */
async function interrupted(signal, args) {
  const child = spawn(process.execPath, [cli, ...args], { env, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await Promise.race([ended, sleep(100 + next() * 12_000)]);
  child.kill(signal);
  await ended;
}

const lives = {
  'run to the end': () => sysmonvm('run', '--rm', ...size, '--', 'true').status === 0,
  'start, stop, destroy': () =>
    ['up', 'vm-stop', 'vm-start', 'vm-destroy'].every(
      (verb) =>
        sysmonvm(verb, 'soak', ...(verb === 'up' ? size : []), ...(verb === 'vm-destroy' ? ['--yes'] : [])).status ===
        0,
    ),
  'run killed': async () => (await interrupted('SIGKILL', ['run', '--rm', ...size, '--', 'sleep', '60'])) ?? true,
  'run interrupted': async () => (await interrupted('SIGINT', ['run', '--rm', ...size, '--', 'sleep', '60'])) ?? true,
  'up killed': async () => (await interrupted('SIGKILL', ['up', 'soak', ...size])) ?? true,
};

function leftovers() {
  sysmonvm('vm-gc');
  sysmonvm('vm-destroy', 'soak', '--yes');
  const processes = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`${root}/`);
    } catch {
      return false;
    }
  });
  const vms = join(root, 'ws', 'vms');
  // A life that was killed early made none.
  const directories = existsSync(vms) ? readdirSync(vms).filter((name) => !name.startsWith('.register')) : [];
  return [...processes.map((pid) => `process ${pid}`), ...directories];
}

// The lives are those of VMs; a build of the image would take most of the first one.
if (sysmonvm('fetch-image', '--image', 'tiny').status !== 0) throw new Error('the image tiny cannot be made');

let passed = 0;
let failed = 0;
while (Date.now() < until) {
  const names = Object.keys(lives);
  const name = names[Math.floor(next() * names.length)];
  const ok = await lives[name]();
  const left = leftovers();
  if (ok && left.length === 0) passed += 1;
  else {
    failed += 1;
    console.log(`FAILED ${name}: ${ok ? '' : 'a command failed; '}left: ${left.join(', ') || 'nothing'}`);
  }
}
rmSync(root, { recursive: true, force: true });
console.log(summaryLine({ passed, failed, skipped: 0 }));
process.exitCode = failed === 0 ? 0 : 1;
