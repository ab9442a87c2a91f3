import type { ProcessIdentity } from './process-runner.ts';

/** pools/TEMPLATE.json: what was asked for. The members are VMs. */
export interface PoolRecord {
  readonly schemaVersion: 1;
  readonly template: string;
  /** Members of another template of the same name do not count. */
  readonly templateId: string;
  readonly size: number;
  readonly ttlMs: number;
}

interface HeldLock {
  release(): Promise<void>;
}

export interface PoolStore {
  list(): Promise<readonly PoolRecord[]>;
  load(template: string): Promise<PoolRecord | undefined>;
  save(record: PoolRecord): Promise<void>;
  remove(template: string): Promise<void>;
  /** Short: who takes a member away, or changes the record, holds it. */
  lock(template: string, purpose: string, deadlineAt: number, signal?: AbortSignal): Promise<HeldLock>;
  /** Long: who fills it. undefined: another command does. */
  fillLock(template: string): Promise<HeldLock | undefined>;
  filler(template: string): Promise<ProcessIdentity | undefined>;
  /** Where a detached refill writes what it has to say. */
  logPath(template: string): string;
}

/** Starts this program once more, on its own; whoever started it may end. */
export type StartDetached = (
  args: readonly string[],
  options: { readonly logPath: string; readonly afterSeconds: number },
) => Promise<void>;
