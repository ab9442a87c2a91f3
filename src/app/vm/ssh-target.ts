import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { SshTarget } from '../../core/ports/guest-shell.ts';
import type { KeptResources } from '../../core/resources/ledger.ts';

export function sshTargetOf(plan: VmPlan, kept: KeptResources, port: number): SshTarget {
  return {
    host: '127.0.0.1',
    port,
    user: plan.guest.user,
    privateKeyPath: kept.privateKeyPath,
    hostPublicKey: kept.hostPublicKey,
    knownHostsPath: kept.knownHostsPath,
  };
}
