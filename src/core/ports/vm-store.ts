import type { StartSample } from '../measure/boot/start-sample.ts';
import type { VmPlan } from '../plan/vm-plan.ts';
import type { Ledger } from '../resources/ledger.ts';
import type { VmEvent } from '../vm/vm-events.ts';
import type { VmState } from '../vm/vm-state.ts';
import type { ProcessIdentity } from './process-runner.ts';

/** vm.json: what does not change (but for a member of a pool, when it is claimed), and who owns an ephemeral VM. */
export interface VmIdentity {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly ephemeral: boolean;
  readonly owner?: ProcessIdentity;
  /** A member of a pool, not claimed yet. `owner` is the command that fills the pool, until the member is complete. */
  readonly pool?: { readonly template: string; readonly expiresAt: number };
}

export interface RecordedState {
  readonly schemaVersion: 1;
  readonly generation: number;
  readonly runId?: string;
  readonly state: VmState;
}

export interface VmRecord {
  readonly identity: VmIdentity;
  readonly directory: string;
  readonly recorded: RecordedState;
  /** undefined while the VM is being prepared. */
  readonly plan?: VmPlan;
  readonly ledger: Ledger;
}

export interface BrokenRecord {
  readonly id: string;
  readonly directory: string;
  readonly problem: string;
}

interface HeldLock {
  release(): Promise<void>;
}

export interface VmStore {
  readonly workspace: string;
  /** Registers a new VM in state preparing. @throws vm.name-taken */
  register(identity: VmIdentity, state: RecordedState): Promise<string>;
  /** Another name, owner or membership for a VM that exists. @throws vm.name-taken */
  reidentify(identity: VmIdentity): Promise<void>;
  find(name: string): Promise<VmRecord | undefined>;
  load(id: string): Promise<VmRecord | undefined>;
  list(): Promise<{ readonly vms: readonly VmRecord[]; readonly broken: readonly BrokenRecord[] }>;
  savePlan(id: string, plan: VmPlan): Promise<void>;
  saveLedger(id: string, ledger: Ledger): Promise<void>;
  saveState(id: string, recorded: RecordedState): Promise<void>;
  appendEvent(id: string, event: VmEvent): Promise<void>;
  /** One line of samples.jsonl; the oldest lines go when there are more than a person will look at. */
  appendSample(id: string, sample: StartSample): Promise<void>;
  readSamples(id: string): Promise<readonly StartSample[]>;
  /** Removes the directories of earlier runs but the newest `keep - 1` beside the current one. */
  pruneRuns(id: string, current: string, keep: number): Promise<void>;
  readEvents(id: string): Promise<readonly VmEvent[]>;
  /** Bytes of each VM's events; light enough to be asked ten times a second with hundreds of VMs. */
  eventSizes(): ReadonlyMap<string, number>;
  /** The same of the console log of each VM's last run, which may become shorter too. */
  consoleSizes(): ReadonlyMap<string, number>;
  /** Removes the directory; first it is renamed, so that a crash leaves something that is plainly rubbish. */
  remove(id: string): Promise<void>;
  /** Rubbish of earlier removals; returns what was removed. */
  sweepRubbish(): Promise<readonly string[]>;
  /** Waits until the deadline, then names the holder. @throws vm.locked */
  lock(id: string, purpose: string, deadlineAt: number, signal?: AbortSignal): Promise<HeldLock>;
  /** Who holds the VM's lock and lives; undefined when nobody does. */
  lockHolder(id: string): Promise<{ readonly pid: number; readonly purpose: string } | undefined>;
}
