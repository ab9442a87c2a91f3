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
  const { executable: builderPath } = await lockedNode(deps, lock, builder, call);
  const inside = await lockedNode(deps, lock, shell, call);
  const at = (name: string) => join(folder, name);
  const [config, blob, made] = [at('sea.json'), at('sea.blob'), at('made')] as const;
  await writeFile(at('licenses.txt'), await licensesOf(deps, lock, inside.license));
  const plan = {
    main: deps.places.code,
    output: blob,
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
    assets: { 'licenses.txt': at('licenses.txt') },
  };
  await writeFile(config, JSON.stringify(plan));
  const options = { cwd: folder, signal: call.signal, timeoutMs: stepMs };
  await step(call, `make the executable for ${targetName(target)}`, async () => {
    await deps.runner.run(builderPath, ['--experimental-sea-config', config], options);
    await copyFile(inside.executable, made);
    await chmod(made, 0o755);
    await deps.runner.run(execPath, [deps.places.injector, made, blob], options);
  });
  return made;
}

/** Of our code and its packages, and of the Node that carries them. */
async function licensesOf({ places }: BundleDeps, { nodeVersion }: CheckerLock, nodeLicense: string): Promise<string> {
  const [own, node] = await Promise.all([places.licenses, nodeLicense].map((path) => readFile(path, 'utf8')));
  return `${own?.trimEnd()}\n\nnode ${nodeVersion}\n\n${node}`;
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
