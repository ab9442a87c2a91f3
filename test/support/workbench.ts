import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built program, as a user runs it. */
export const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** Images are built once for all tests of a checkout. */
const sharedCache =
  process.env['SYSMONVM_TEST_CACHE'] ?? fileURLToPath(new URL('../../.tmp/test-cache', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly cwd?: string;
}

/** A workspace and private directories of one test; `dispose` fails when anything of ours is left. */
export class Workbench {
  readonly root: string;
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;

  private constructor(root: string, workspace: string) {
    this.root = root;
    this.workspace = workspace;
    this.env = {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: join(root, 'home'),
      XDG_CACHE_HOME: sharedCache,
      XDG_STATE_HOME: join(root, 'state'),
      XDG_DATA_HOME: join(root, 'data'),
      XDG_CONFIG_HOME: join(root, 'config'),
      XDG_RUNTIME_DIR: join(root, 'r'),
      SYSMONVM_WORKSPACE: workspace,
      NO_COLOR: '1',
    };
  }

  static async make(
    options: { readonly workspace?: string; readonly sameUserAs?: Workbench } = {},
  ): Promise<Workbench> {
    const root = options.sameUserAs?.root ?? (await mkdtemp(join(tmpdir(), 'sm-')));
    await mkdir(sharedCache, { recursive: true });
    for (const name of ['home', 'r']) await mkdir(join(root, name), { recursive: true, mode: 0o700 });
    return new Workbench(root, options.workspace ?? join(root, options.sameUserAs ? 'ws2' : 'ws'));
  }

  spawn(args: readonly string[], options: CommandOptions = {}): ChildProcess {
    return spawn(process.execPath, [program, ...args], {
      env: { ...this.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
  }

  async run(args: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
    const child = this.spawn(args, options);
    const done = outcomeOf(child);
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
    return done;
  }

  /** The parsed document of a command that must succeed. */
  async json<T = Record<string, unknown>>(args: readonly string[], options: CommandOptions = {}): Promise<T> {
    const outcome = await this.run([...args, '--json'], options);
    if (outcome.code !== 0)
      throw new Error(`sysmonvm ${args.join(' ')} ended with ${outcome.code}:\n${outcome.stderr}\n${outcome.stdout}`);
    return JSON.parse(outcome.stdout) as T;
  }

  async ok(args: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
    const outcome = await this.run(args, options);
    if (outcome.code !== 0)
      throw new Error(`sysmonvm ${args.join(' ')} ended with ${outcome.code}:\n${outcome.stderr}\n${outcome.stdout}`);
    return outcome;
  }

  /** Processes whose command line names this bench: QEMU and its guardian. */
  async processes(): Promise<readonly { readonly pid: number; readonly command: string }[]> {
    const found: { pid: number; command: string }[] = [];
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const text = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      const command = text.replaceAll('\0', ' ').trim();
      if (command.includes(`${this.root}/`) && !command.includes('vitest') && Number(name) !== process.pid)
        found.push({ pid: Number(name), command });
    }
    return found;
  }

  /** What a user would find left on the host: processes, sockets, leases, VM directories. */
  async leftovers(): Promise<readonly string[]> {
    const left = (await this.processes()).map(({ pid, command }) => `process ${pid}: ${command.slice(0, 120)}`);
    for (const entry of await readdir(join(this.workspace, 'vms')).catch(() => [] as string[]))
      left.push(`vms/${entry}`);
    for (const entry of await readdir(join(this.root, 'r'), { recursive: true }).catch(() => [] as string[])) {
      if (entry !== 'sysmonvm') left.push(`runtime/${entry}`);
    }
    for (const file of await readdir(join(this.root, 'state'), { recursive: true }).catch(() => [] as string[])) {
      const text = file.endsWith('ports.json') ? await readFile(join(this.root, 'state', file), 'utf8') : '';
      if (/"vmId"/.test(text)) left.push(`leases: ${text}`);
      if (file.endsWith('.lock')) left.push(`state/${file}`);
    }
    return left;
  }

  async dispose(): Promise<void> {
    for (const { pid } of await this.processes()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself meanwhile.
      }
    }
    await rm(this.root, { recursive: true, force: true });
  }
}

export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

export async function until(what: string, condition: () => Promise<boolean> | boolean, ms = 30_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
