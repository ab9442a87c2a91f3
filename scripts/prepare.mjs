#!/usr/bin/env node
/**
 * Makes a checkout runnable with nothing but Node and npm: installs the packages when they are missing or of another
 * lock file, then builds. Plain Node, because it runs before there is a node_modules. As a program it does just that.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const cli = join(root, 'dist', 'cli', 'main.js');

const lockFile = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');
const stampFile = join(root, 'node_modules', '.sysmonvm-lock-digest');
const lockDigest = () => createHash('sha256').update(readFileSync(lockFile)).digest('hex');

const running = new Set();
const receivedSignals = [];

/** Once for the whole script: a signal goes to the children, and the script ends when they have. */
export function forwardSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      receivedSignals.push(signal);
      // A terminal sends Ctrl-C to the whole group: passed on as well it would count as the second one.
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      for (const { child, shielded } of running) if (!shielded) child.kill(signal);
    });
  }
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

export const interrupted = () => receivedSignals.length > 0;
/** 128 + n of the first signal that arrived. */
export const interruptedCode = () => 128 + signalNumbers[receivedSignals[0]];

/** Exit code of a process; 128 + n when a signal ended it. `shielded`: it tears down, so no signal reaches it. */
export function run(command, args, { shielded = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', detached: shielded, ...options });
    const entry = { child, shielded };
    running.add(entry);
    child.on('error', (error) => {
      running.delete(entry);
      reject(error);
    });
    child.on('close', (code, signal) => {
      running.delete(entry);
      resolve(code ?? 128 + (signalNumbers[signal] ?? 0));
    });
  });
}

/** An npm that was interrupted leaves no node_modules/.package-lock.json; times are asked only where no stamp is. */
function installNeeded() {
  if (!existsSync(installed)) return true;
  if (existsSync(stampFile)) return readFileSync(stampFile, 'utf8') !== lockDigest();
  return statSync(lockFile).mtimeMs > statSync(installed).mtimeMs;
}

function npm(...args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? run(process.execPath, [script, ...args]) : run('npm', args);
}

export async function installPackages() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    throw new Error(`Node ${process.versions.node} is too old: 20.19 or newer is needed`);
  if (!installNeeded()) return;
  console.log('Installing the packages of package-lock.json (npm ci)');
  if ((await npm('ci', '--no-audit', '--no-fund')) !== 0) throw new Error('npm ci failed: its own words are above');
  writeFileSync(stampFile, lockDigest());
}

export const buildCli = () => run(process.execPath, [join(root, 'scripts', 'build.mjs')]);

export async function prepare() {
  await installPackages();
  if ((await buildCli()) !== 0) throw new Error('the build failed: its own words are above');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  forwardSignals();
  try {
    await prepare();
  } catch (error) {
    console.error(error.message);
    process.exitCode = interrupted() ? interruptedCode() : 1;
  }
}
