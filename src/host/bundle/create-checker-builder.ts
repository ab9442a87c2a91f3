import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CheckerLock } from '../../core/checker-install/checker-lock.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { BuildCheckerRequest, CheckerBuilder } from '../../core/ports/checker-builder.ts';
import { type BuildCall, type BundleDeps, step } from './bundle-places.ts';
import { requireExecutableFor, sha256Of } from './file-hash.ts';
import { makeFromGo, makeFromNode, readLock } from './make-executable.ts';
import { findStaged, stage, stagedPath } from './staged-checker.ts';

/** Makes the checker's executable and keeps it in the workspace; what is there already and unchanged is not made again. */
export function createCheckerBuilder(deps: BundleDeps): CheckerBuilder {
  return {
    async build(request, call) {
      const path = `${stagedPath(deps.places.staging, request.target)}${request.aside ? '.given' : ''}`;
      if (request.from.kind === 'staged') {
        const staged = await findStaged(path);
        if (staged !== undefined && staged.from !== 'node') return { checker: staged, built: false };
      }
      const work = await prepare(deps, request, call);
      const found = work.inputs === undefined ? undefined : await findStaged(path, work.inputs);
      if (found !== undefined) return { checker: found, built: false };
      await mkdir(deps.places.staging, { recursive: true });
      // Same file system as the place it is renamed to.
      const folder = await mkdtemp(join(dirname(path), '.new-checker-'));
      try {
        const made = await work.make(folder);
        await requireExecutableFor(made, request.target);
        const about = { made, target: request.target, from: work.from, inputs: work.inputs ?? 'not known' };
        const checker = await step(call, 'compress', () => stage(path, { ...about, ...work.about }));
        return { checker, built: true };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

interface Work {
  /** undefined: not known beforehand, it is always made. */
  readonly inputs?: string;
  readonly from: 'node' | 'go' | 'file';
  readonly about: { readonly nodeVersion?: string; readonly codeDigest?: string };
  make(folder: string): Promise<string>;
}

async function prepare(deps: BundleDeps, request: BuildCheckerRequest, call: BuildCall): Promise<Work> {
  const { from } = request;
  if (from.kind === 'go')
    return { from: 'go', about: {}, make: (folder) => makeFromGo(deps, request, from.directory, folder, call) };
  if (from.kind === 'file') {
    await requireExecutableFor(from.path, request.target);
    return {
      from: 'file',
      inputs: `file ${await sha256Of(from.path)}`,
      about: {},
      async make(folder) {
        const made = join(folder, 'made');
        await copyFile(from.path, made);
        return made;
      },
    };
  }
  const [lock, codeDigest] = await Promise.all([readLock(deps), codeDigestOf(deps)]);
  return {
    from: 'node',
    inputs: inputsOf(lock, codeDigest, request),
    about: { nodeVersion: lock.nodeVersion, codeDigest },
    make: (folder) => makeFromNode(deps, lock, request, folder, call),
  };
}

function inputsOf(lock: CheckerLock, codeDigest: string, { target }: BuildCheckerRequest): string {
  const node = lock.nodes.find(({ os, arch }) => os === target.os && arch === target.arch);
  return `node ${node?.integrity} code ${codeDigest} with licenses`;
}

async function codeDigestOf({ places }: BundleDeps): Promise<string> {
  return sha256Of(places.code).catch((cause: unknown) =>
    fail('checker.build-failed', `${places.code}, the code of the checker, is not part of this installation`, {
      cause,
      next: ['npm run build'],
    }),
  );
}
