import { chmod, copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { type CheckerLock, chooseNodes, readCheckerLock, targetName } from '../../core/checker-install/checker-lock.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { BuildCheckerRequest } from '../../core/ports/checker-builder.ts';
import { type BuildCall, type BundleDeps, step } from './bundle-places.ts';
import { lockedNode } from './locked-node.ts';

const stepMs = 300_000;

export async function readLock({ places }: BundleDeps): Promise<CheckerLock> {
  try {
    return readCheckerLock(JSON.parse(await readFile(places.lockFile, 'utf8')));
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT')
      return fail('checker.lock-invalid', `${places.lockFile}: ${(error as Error).message}`, { cause: error });
    throw error;
  }
}

/** Node with the checker's code in it. Neither code cache nor snapshot: they hold for the machine that made them. */
export async function makeFromNode(
  deps: BundleDeps,
  lock: CheckerLock,
  { target }: Pick<BuildCheckerRequest, 'target'>,
  folder: string,
  call: BuildCall,
): Promise<string> {
  const { shell, builder } = chooseNodes(lock, target, hostTarget());
  const builderPath = await lockedNode(deps, lock, builder, call);
  const shellPath = await lockedNode(deps, lock, shell, call);
  const [config, blob, made] = ['sea.json', 'sea.blob', 'made'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const { code } = deps.places;
  const plan = { main: code, output: blob, disableExperimentalSEAWarning: true, useSnapshot: false };
  await writeFile(config, JSON.stringify({ ...plan, useCodeCache: false }));
  const options = { cwd: folder, signal: call.signal, timeoutMs: stepMs };
  await step(call, `make the executable for ${targetName(target)}`, async () => {
    await deps.runner.run(builderPath, ['--experimental-sea-config', config], options);
    await copyFile(shellPath, made);
    await chmod(made, 0o755);
    await deps.runner.run(execPath, [deps.places.injector, made, blob], options);
  });
  return made;
}

/** Built by the user's own Go toolchain, without C, so that it runs in every guest of its architecture. */
export async function makeFromGo(
  deps: BundleDeps,
  { target }: Pick<BuildCheckerRequest, 'target'>,
  directory: string,
  folder: string,
  call: BuildCall,
): Promise<string> {
  const made = join(folder, 'made');
  const goVariables = Object.entries(deps.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && /^GO[A-Z]+$/.test(entry[0]),
  );
  const env = {
    ...Object.fromEntries(goVariables),
    GOOS: target.os,
    GOARCH: target.arch === 'x64' ? 'amd64' : 'arm64',
    CGO_ENABLED: '0',
  };
  await step(call, `go build for ${targetName(target)}`, () =>
    deps.runner.run('go', ['build', '-trimpath', '-o', made, '.'], {
      cwd: directory,
      env,
      signal: call.signal,
      timeoutMs: 2 * stepMs,
    }),
  );
  return made;
}

function hostTarget() {
  const { platform, arch } = process;
  const os = platform === 'darwin' ? ('darwin' as const) : ('linux' as const);
  return { os, arch: arch === 'arm64' ? ('arm64' as const) : ('x64' as const) };
}
