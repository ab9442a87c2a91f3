import { execa } from 'execa';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { ProcessRunner, RunOptions, RunResult } from '../../core/ports/process-runner.ts';
import { choosePackageManager, readOsRelease } from '../packages/package-choice.ts';
import { createProcessIdentities } from './process-identities.ts';
import { extraFolders, findProgram, missingToolSteps, searchFolders } from './tool-search.ts';

export interface ProcessRunnerDeps {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  /** Searched after PATH; the platform's usual places unless given. */
  readonly extraPath?: readonly string[];
  readonly maxOutputBytes?: number;
  /** After TERM at a deadline or cancellation, before KILL. */
  readonly killAfterMs?: number;
}

/** The only variables that a program of the host inherits from us. */
const inheritedVariables = [
  ...['HOME', 'TMPDIR', 'USER', 'LOGNAME', 'XDG_RUNTIME_DIR', 'SSH_AUTH_SOCK'],
  ...['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy', 'no_proxy'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'ALL_PROXY', 'NO_PROXY'],
] as const;
const keptErrorLines = 20;

export function createProcessRunner(deps: ProcessRunnerDeps = {}): ProcessRunner {
  const env = deps.env ?? process.env;
  const platform = deps.platform ?? process.platform;
  const folders = searchFolders(env['PATH'], deps.extraPath ?? extraFolders(platform));
  const baseEnv = minimalEnvironment(env, folders);
  const which = (tool: string): Promise<string | undefined> => findProgram(tool, folders);

  async function run(tool: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    options.signal?.throwIfAborted();
    const path = await which(tool);
    if (path === undefined) return toolMissing(tool);
    const { onLine } = options;
    const started = Date.now();
    const lines = (stream: 'stdout' | 'stderr') =>
      onLine === undefined
        ? {}
        : {
            [stream]: function* (line: unknown) {
              onLine(String(line), stream);
              yield line;
            },
          };
    const child = execa(path, args, {
      reject: false,
      extendEnv: false,
      env: { ...baseEnv, ...options.env },
      maxBuffer: deps.maxOutputBytes ?? 64 * 1024 * 1024,
      forceKillAfterDelay: deps.killAfterMs ?? 2_000,
      // execa takes its programs down with us on exit; a killed parent is what the ledger is for.
      cleanup: true,
      ...lines('stdout'),
      ...lines('stderr'),
      ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
      ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    });
    // A program that was ended may have started others, which still hold its output open.
    child.once('exit', (_code, signal) => {
      if (signal === null && options.signal?.aborted !== true && Date.now() - started < (options.timeoutMs ?? Infinity))
        return;
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, 200).unref();
    });
    const result = await child;
    const stderr = typeof result.stderr === 'string' ? result.stderr : '';
    const stdout = typeof result.stdout === 'string' ? result.stdout : '';
    const words = lastWords(stderr === '' ? stdout : stderr);
    const details = {
      tool,
      path,
      args: [...args],
      exitCode: result.exitCode ?? null,
      signal: result.signal ?? null,
      stderr: words,
    };
    if (result.isCanceled) options.signal?.throwIfAborted();
    if (result.timedOut) {
      fail('host.tool-deadline', `${tool} did not end within ${seconds(options.timeoutMs ?? 0)}${said(words)}`, {
        details,
      });
    }
    if (result.isMaxBuffer) fail('host.tool-failed', `${tool} printed more than it may and was ended`, { details });
    if (result.signal !== undefined) {
      fail('host.tool-failed', `${tool} was ended by ${result.signal}${said(words)}`, { details });
    }
    if (result.exitCode === undefined) {
      fail('host.tool-failed', `${tool} (${path}) could not be started: ${result.shortMessage ?? 'unknown reason'}`, {
        details,
        cause: result.cause,
      });
    }
    const accepted = options.acceptExitCodes ?? [0];
    if (accepted !== 'any' && !accepted.includes(result.exitCode)) {
      fail('host.tool-failed', `${tool} ended with exit code ${result.exitCode}${said(words)}`, { details });
    }
    return { exitCode: result.exitCode, stdout, stderr };
  }

  async function toolMissing(tool: string): Promise<never> {
    const context = await choosePackageManager(which, platform, await readOsRelease());
    return fail('host.tool-missing', `${tool} is not installed (not found on PATH or in the usual folders)`, {
      details: { tool, searched: [...folders] },
      next: missingToolSteps(tool, context),
    });
  }

  return { run, which, ...createProcessIdentities(platform) };
}

/** PATH (with the usual folders), the locale, home, temporary folder and proxies; nothing else of ours. */
export function minimalEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  folders: readonly string[],
): Record<string, string> {
  const kept = inheritedVariables.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), PATH: folders.join(':'), LANG: 'C.UTF-8' };
}

function lastWords(text: string): string {
  return text.trimEnd().split('\n').slice(-keptErrorLines).join('\n');
}

function said(words: string): string {
  return words === '' ? ' and said nothing' : `:\n${words}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
