import type { PortWish } from '../plan/vm-plan.ts';
import type { PortLease } from '../resources/ledger.ts';
import type { ProcessIdentity } from './process-runner.ts';

export interface LeaseOwner {
  readonly vmId: string;
  readonly vmName: string;
  readonly workspace: string;
  /** As long as this process lives, the lease holds: first the command that takes it, then QEMU. */
  readonly process: ProcessIdentity;
}

export interface HeldLease extends PortLease, LeaseOwner {}

/** Host ports of all VMs of one user, over all workspaces. */
export interface PortLeases {
  /**
   * All of them or none. A VM that holds a wished port already keeps it; what else it holds stays too.
   * @throws host.port-in-use naming the holder, host.permission for a port that needs privileges
   */
  take(wishes: readonly PortWish[], owner: LeaseOwner, signal?: AbortSignal): Promise<readonly PortLease[]>;
  /** The VM's leases now live as long as this process (QEMU). */
  assign(vmId: string, process: ProcessIdentity): Promise<void>;
  /** All leases of the VM, or only those of some host ports. */
  release(vmId: string, hostPorts?: readonly number[]): Promise<void>;
  /** Leases whose owner lives. */
  list(): Promise<readonly HeldLease[]>;
  /** Drops the leases of dead owners and returns them. */
  sweep(): Promise<readonly HeldLease[]>;
}
