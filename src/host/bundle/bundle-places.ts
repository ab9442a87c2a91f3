import type { Progress } from '../../core/operation.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';

interface BundlePlaces {
  /** checker.lock.json of this installation. */
  readonly lockFile: string;
  /** The checker's own code in one file. */
  readonly code: string;
  /** Licenses of that code. */
  readonly licenses: string;
  /** The program that puts a blob into an executable. */
  readonly injector: string;
  /** Of the workspace: finished executables. */
  readonly staging: string;
  /** Unpacked Node executables, by the digest of their package. */
  readonly nodes: string;
}

export interface BundleDeps {
  readonly places: BundlePlaces;
  readonly runner: ProcessRunner;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly offline: boolean;
}

export interface BuildCall {
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
}

/** Reports a step before and after its work. */
export async function step<T>(call: BuildCall, name: string, work: () => Promise<T>): Promise<T> {
  call.signal.throwIfAborted();
  call.report({ kind: 'step', step: name, state: 'running' });
  const result = await work();
  call.report({ kind: 'step', step: name, state: 'done' });
  return result;
}
