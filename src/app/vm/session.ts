import type { Call } from '../../core/engine.ts';
import { fail, hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { RecordedState, VmIdentity, VmRecord } from '../../core/ports/vm-store.ts';
import type { KeptResources, Ledger } from '../../core/resources/ledger.ts';
import { type Effect, processOf, transition, type VmHappening } from '../../core/vm/transition.ts';
import type { VmState } from '../../core/vm/vm-state.ts';
import type { Dependencies } from '../dependencies.ts';
import { endProcess, waitForEnd } from './end-process.ts';

const guardianMs = 2_000;

/**
 * The one writer of a VM. A session exists only while the VM's lock is held. Each happening goes: transition (pure),
 * state on disk, event on disk (that is publication), then the effects that belong to every caller: ending the
 * process and letting go of the running resources. `launch`, the rungs of the stop ladder and `remove` are returned
 * to the caller.
 */
export class VmSession {
  readonly identity: VmIdentity;
  readonly directory: string;
  private readonly deps: Dependencies;
  private readonly call: Call;
  private recordedState: RecordedState;
  private ledgerNow: Ledger;
  private planNow: VmPlan | undefined;
  private forRemoval: boolean;

  constructor(deps: Dependencies, call: Call, record: VmRecord, options: { readonly forRemoval?: boolean } = {}) {
    this.deps = deps;
    this.call = call;
    this.identity = record.identity;
    this.directory = record.directory;
    this.recordedState = record.recorded;
    this.ledgerNow = record.ledger;
    this.planNow = record.plan;
    this.forRemoval = options.forRemoval ?? false;
  }

  get state(): VmState {
    return this.recordedState.state;
  }

  get runId(): string | undefined {
    return this.recordedState.runId;
  }

  get ledger(): Ledger {
    return this.ledgerNow;
  }

  get plan(): VmPlan {
    if (!this.planNow)
      fail('vm.incomplete', `the plan of VM ${this.identity.name} is missing`, {
        next: [`sysmonvm vm-destroy ${this.identity.name}`],
      });
    return this.planNow;
  }

  get kept(): KeptResources {
    const { kept } = this.ledgerNow;
    if (!kept.overlayPath || !kept.seedPath || !kept.privateKeyPath || !kept.hostPublicKey) {
      fail('vm.incomplete', `VM ${this.identity.name} lacks parts that its record should name`, {
        next: [`sysmonvm vm-destroy ${this.identity.name}`],
      });
    }
    return kept as KeptResources;
  }

  get runDirectory(): string {
    if (!this.recordedState.runId) throw new Error('this VM was never started');
    return runDirectoryOf(this.directory, this.recordedState.runId);
  }

  async apply(
    happening: VmHappening,
    options: { readonly runId?: string; readonly data?: Readonly<Record<string, unknown>> } = {},
  ): Promise<readonly Effect[]> {
    if (happening.type === 'destroy-requested') this.forRemoval = true;
    const before = this.recordedState.state;
    const { state, effects } = transition(before, happening, this.deps.clock.now());
    if (state === before) return effects;
    await this.record(state, options.runId);
    await this.publish(happening.type.replaceAll('-', '_'), {
      ...describe(happening),
      state: state.kind,
      ...options.data,
    });
    if (effects.includes('end-process')) await this.endRunning(processOf(before));
    if (effects.includes('release-running')) await this.releaseRunning();
    return effects.filter((effect) => effect !== 'end-process' && effect !== 'release-running');
  }

  /** The ledger knows the process too: the state may have gone on to one without, by a command that was killed then. */
  async endRunning(process = this.ledgerNow.running?.process): Promise<void> {
    if (process) await endProcess(this.deps, process);
    // The guardian notes the end of its child and goes; one that does not is ended as well.
    const guardian = this.ledgerNow.running?.guardian;
    if (guardian && !(await waitForEnd(this.deps, guardian, guardianMs))) await endProcess(this.deps, guardian);
  }

  /** An event that changes no state (a port added, a command run). */
  async emit(type: string, data: Readonly<Record<string, unknown>>): Promise<void> {
    await this.record(this.recordedState.state);
    await this.publish(type, data);
  }

  async saveLedger(ledger: Ledger): Promise<void> {
    this.ledgerNow = ledger;
    await this.whereRoom(() => this.deps.store.saveLedger(this.identity.id, ledger));
  }

  async savePlan(plan: VmPlan): Promise<void> {
    this.planNow = plan;
    await this.deps.store.savePlan(this.identity.id, plan);
  }

  async releaseRunning(): Promise<void> {
    const { running, ...kept } = this.ledgerNow;
    if (running) {
      for (const socket of Object.values(running.sockets)) await this.deps.files.remove(socket);
      // A template that was made of it has moved it away.
      if (running.memory?.kind === 'shared') await this.deps.files.remove(running.memory.path);
      await this.saveLedger(kept);
    }
    const leases = await this.deps.leases();
    await this.whereRoom(() => leases.release(this.identity.id));
  }

  /**
   * What is being removed need not be written down on a full disk: VMs are destroyed to get room. Killed in the middle,
   * the VM is still as it was recorded before. A lease that cannot be crossed out ended with its process.
   */
  async whereRoom(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!this.forRemoval || !hasCode(error, 'host.no-space')) throw error;
    }
  }

  private async record(state: VmState, runId?: string): Promise<void> {
    const run = runId ?? this.recordedState.runId;
    this.recordedState = {
      schemaVersion: 1,
      generation: this.recordedState.generation + 1,
      state,
      ...(run ? { runId: run } : {}),
    };
    const recorded = this.recordedState;
    await this.whereRoom(() => this.deps.store.saveState(this.identity.id, recorded));
  }

  private async publish(type: string, data: Readonly<Record<string, unknown>>): Promise<void> {
    const { generation, runId } = this.recordedState;
    const event = {
      type,
      timestamp: this.deps.clock.now(),
      generation,
      vm: this.identity.name,
      vmId: this.identity.id,
      requestId: this.call.requestId,
      ...(runId ? { runId } : {}),
      data,
    };
    await this.whereRoom(() => this.deps.store.appendEvent(this.identity.id, event));
  }
}

function describe(happening: VmHappening): Readonly<Record<string, unknown>> {
  const { type: _, ...rest } = happening;
  return rest;
}

export function runDirectoryOf(directory: string, runId: string): string {
  return `${directory}/runs/${runId}`;
}
