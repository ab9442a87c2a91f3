import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const program = join(projectRoot, 'dist', 'cli', 'main.js');

/** Workspace, runtime directory and state of one bench; the image cache is the one that the tests use. */
export class Sandbox {
  constructor() {
    if (!existsSync(program)) throw new Error('dist/cli/main.js is missing: npm run build');
    this.root = mkdtempSync(join(tmpdir(), 'sm-bench-'));
    this.workspace = join(this.root, 'ws');
    for (const name of ['home', 'r']) mkdirSync(join(this.root, name), { mode: 0o700 });
    const cache = process.env['SYSMONVM_TEST_CACHE'] ?? join(projectRoot, '.tmp', 'test-cache');
    mkdirSync(cache, { recursive: true });
    /** @type {Record<string, string>} */
    this.env = {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: join(this.root, 'home'),
      TMPDIR: process.env['TMPDIR'] ?? '/tmp',
      XDG_CACHE_HOME: cache,
      XDG_STATE_HOME: join(this.root, 'state'),
      XDG_DATA_HOME: join(this.root, 'data'),
      XDG_CONFIG_HOME: join(this.root, 'config'),
      XDG_RUNTIME_DIR: join(this.root, 'r'),
      SYSMONVM_WORKSPACE: this.workspace,
      NO_COLOR: '1',
    };
    /** What must not outlive the bench. @type {Set<import('node:child_process').ChildProcess>} */
    this.children = new Set();
  }

  /** @param {readonly string[]} args @param {string} [entry] */
  run(args, entry = program) {
    const done = spawnSync(process.execPath, [entry, ...args], {
      env: this.env,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 ** 2,
    });
    if (done.status !== 0)
      throw new Error(
        `sysmonvm ${args.join(' ')} ended with ${done.status ?? done.signal}:\n${done.stderr}${done.stdout}`,
      );
    return done.stdout;
  }

  /** @param {readonly string[]} args @param {string} [entry] */
  json(args, entry = program) {
    return JSON.parse(this.run([...args, '--json'], entry));
  }

  /** @param {string} command @param {readonly string[]} args @param {import('node:child_process').SpawnOptions} [options] */
  spawn(command, args, options = {}) {
    const child = spawn(command, args, { env: this.env, stdio: 'ignore', ...options });
    this.children.add(child);
    child.once('exit', () => this.children.delete(child));
    return child;
  }

  /**
   * Obtains an image of a recipe that the shipped lock file does not offer: a copy of the built package beside a lock
   * file with one more entry. The image goes into the same cache.
   * @param {Record<string, unknown>} entry
   * @returns {{ digest: string, path: string }}
   */
  fetchExtraImage(entry) {
    const copy = join(this.root, 'package');
    mkdirSync(copy);
    for (const name of ['dist/cli', 'templates', 'package.json'])
      cpSync(join(projectRoot, name), join(copy, name), { recursive: true });
    const lock = JSON.parse(readFileSync(join(projectRoot, 'images.lock.json'), 'utf8'));
    lock.images.push(entry);
    writeFileSync(join(copy, 'images.lock.json'), JSON.stringify(lock));
    return this.json(['fetch-image', '--image', String(entry['id'])], join(copy, 'dist', 'cli', 'main.js')).image;
  }

  async dispose() {
    const { vms } = this.json(['vm-list']);
    for (const { name } of vms) this.run(['vm-destroy', name, '--yes', '--force']);
    for (const child of [...this.children]) await ended(child, 'SIGKILL');
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} [signal] sent first */
export function ended(child, signal) {
  return new Promise((resolve, reject) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode);
    child.once('error', reject);
    child.once('exit', (code) => resolve(code));
    if (signal) child.kill(signal);
  });
}

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** What the numbers were taken on, in one line. @param {Sandbox} sandbox */
export function machineLine(sandbox) {
  const cpu = /model name\s*:\s*(.+)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown CPU';
  const cores = execFileSync('nproc', { encoding: 'utf8' }).trim();
  const load = readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 1).join('');
  return `${sandbox.run(['--version']).trim()}, Node ${process.versions.node}, ${cores} cores (${cpu}), load ${load} at the start`;
}
