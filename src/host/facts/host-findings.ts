import { homedir, arch as nodeArch } from 'node:os';
import type { Finding } from '../../core/engine.ts';
import type { GuestArch } from '../../core/host-facts.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import { createProcessRunner } from '../process/process-runner.ts';
import { defaultDirectories } from './directories.ts';
import { ok } from './findings/finding-text.ts';
import { kvmFinding } from './findings/kvm-finding.ts';
import { macFindings } from './findings/mac-findings.ts';
import { memoryFinding } from './findings/memory-finding.ts';
import { namespaceFinding } from './findings/namespace-finding.ts';
import { portFinding } from './findings/port-finding.ts';
import { socketFinding } from './findings/socket-finding.ts';
import { userName } from './findings/user-name.ts';
import { workspaceFindings } from './findings/workspace-findings.ts';

export interface FindingsDeps {
  readonly runner: Pick<ProcessRunner, 'run' | 'which'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: 'linux' | 'darwin';
  readonly arch: GuestArch;
  readonly userId: number;
}

/** What can keep VMs from running here, beside tools and acceleration. `directory` is the workspace; it may not exist yet. */
export async function hostFindings(directory: string, signal?: AbortSignal): Promise<readonly Finding[]> {
  const platform = process.platform === 'darwin' ? 'darwin' : 'linux';
  const arch = nodeArch() === 'arm64' ? 'aarch64' : 'x86_64';
  const deps = {
    runner: createProcessRunner(),
    env: process.env,
    platform,
    arch,
    userId: process.getuid?.() ?? 0,
  } as const;
  return collectFindings(deps, directory, signal);
}

export async function collectFindings(
  deps: FindingsDeps,
  directory: string,
  signal?: AbortSignal,
): Promise<readonly Finding[]> {
  signal?.throwIfAborted();
  const { platform, runner, env, userId } = deps;
  const runtime = async () => (await defaultDirectories(env, platform, homedir(), userId)).runtime;
  const found = await Promise.all([
    [userFinding(userId)],
    workspaceFindings(directory),
    one(memoryFinding(platform, runner, signal)),
    platform === 'darwin' ? macFindings(runner, deps.arch, signal) : one(kvmFinding()),
    one(portFinding()),
    platform === 'linux' && userId !== 0 ? one(namespaceFinding(runner)) : [],
    one(socketFinding(platform, runtime)),
  ]);
  signal?.throwIfAborted();
  return found.flat();
}

function userFinding(userId: number): Finding {
  const id = 'user';
  return userId === 0
    ? ok(id, 'running as root; VMs need no privileges, an ordinary user is enough')
    : ok(id, `running as ${userName()}; VMs need no privileges`);
}

async function one(finding: Promise<Finding>): Promise<readonly Finding[]> {
  return [await finding];
}
