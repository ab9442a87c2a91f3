import { chmod, chown, copyFile, mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { describeStep, type HostStep } from '../../core/host-collector/steps.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import { reproducibleArchive } from '../packaging/reproducible-archive.ts';
import { systemClock } from '../process/system-clock.ts';
import { completeFile } from '../store/complete-file.ts';
import { fileError } from '../store/file-errors.ts';

export interface StepSurroundings {
  readonly runner: Pick<ProcessRunner, 'run'>;
  readonly root: string;
  readonly signal: AbortSignal;
}

const pollMs = 200;

export async function performStep(step: HostStep, { runner, root, signal }: StepSurroundings): Promise<void> {
  signal.throwIfAborted();
  switch (step.kind) {
    case 'directory':
      return touching(join(root, step.path), (path) => makeDirectory(path, step.mode));
    case 'file':
      return touching(join(root, step.path), (path) => writeComplete(path, step, root));
    case 'remove':
      return touching(join(root, step.path), (path) => rm(path, { force: true }));
    case 'remove-empty':
      return touching(join(root, step.path), removeEmpty);
    case 'archive':
      return touching(step.path, (path) =>
        completeFile(path, 0o644, (to) => reproducibleArchive(step.directory, to, step.epochSeconds)),
      );
    case 'run':
      await runner.run(step.command[0], step.command.slice(1), {
        signal,
        acceptExitCodes: step.accept ?? [0],
        ...(step.env === undefined ? {} : { env: step.env }),
      });
      return;
    case 'await':
      return awaitExitCode(step, { runner, signal });
  }
}

async function touching(path: string, action: (path: string) => Promise<void>): Promise<void> {
  try {
    await action(path);
  } catch (error) {
    throw fileError(error, path, 'changing');
  }
}

/** What is there keeps its mode: it may be others' as well. */
async function makeDirectory(path: string, mode: number): Promise<void> {
  if ((await mkdir(path, { recursive: true })) !== undefined) await chmod(path, mode);
}

type FileStep = Extract<HostStep, { readonly kind: 'file' }>;

async function writeComplete(path: string, { from, mode, owner }: FileStep, root: string): Promise<void> {
  await completeFile(path, mode, async (temporary) => {
    if ('file' in from) await copyFile(from.file, temporary);
    else await writeFile(temporary, from.text, { mode: 0o600 });
    if (owner !== undefined)
      await chown(temporary, await idOf(root, 'passwd', owner.user), await idOf(root, 'group', owner.group));
  });
}

/** Field 3 of /etc/passwd and of /etc/group. */
async function idOf(root: string, file: 'passwd' | 'group', name: string): Promise<number> {
  const text = await readFile(join(root, 'etc', file), 'utf8');
  const id = text
    .split('\n')
    .map((line) => line.split(':'))
    .find(([entry]) => entry === name)?.[2];
  if (id === undefined) return fail('host.permission', `${name} is not in ${join(root, 'etc', file)}`);
  return Number(id);
}

async function removeEmpty(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

type AwaitStep = Extract<HostStep, { readonly kind: 'await' }>;

async function awaitExitCode(step: AwaitStep, { runner, signal }: Omit<StepSurroundings, 'root'>): Promise<void> {
  const [tool, ...args] = step.command;
  const until = Date.now() + step.timeoutMs;
  for (;;) {
    const { exitCode, stderr } = await runner.run(tool, args, { signal, acceptExitCodes: 'any' });
    if (exitCode === step.exitCode) return;
    if (Date.now() > until)
      fail('host.tool-deadline', `${describeStep(step)} did not come true: it ended with ${exitCode} ${stderr}`.trim());
    await systemClock.sleep(pollMs, signal);
  }
}
