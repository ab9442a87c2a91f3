import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { KeptResources } from '../../core/resources/ledger.ts';
import type { Dependencies } from '../dependencies.ts';

export interface MadeIdentity {
  readonly loginPublicKey: string;
  readonly hostKey: { readonly privateKeyOpenSsh: string; readonly publicKey: string };
}

/** Key for the login, host key of the guest, pinned, and the seed that tells the guest of both. */
export async function makeIdentity(
  deps: Pick<Dependencies, 'guestIdentity' | 'files' | 'seed'>,
  plan: VmPlan,
  kept: KeptResources,
  signal: AbortSignal,
): Promise<MadeIdentity> {
  const source = await deps.guestIdentity();
  const [login, hostKey] = await Promise.all([
    source.generateKeyPair(`sysmonvm ${plan.name}`),
    source.generateKeyPair(`${plan.name} host key`),
  ]);
  const seed = async (): Promise<void> => {
    const files = await source.seedFiles(plan, {
      instanceId: kept.instanceId,
      hostKey,
      authorizedKeys: [login.publicKey, ...plan.guest.extraAuthorizedKeys],
      macAddress: kept.macAddress,
    });
    await (await deps.seed()).build(files, kept.seedPath, signal);
  };
  const made = await Promise.allSettled([
    deps.files.write(kept.privateKeyPath, login.privateKeyOpenSsh, 0o600),
    deps.files.write(`${kept.privateKeyPath}.pub`, `${login.publicKey}\n`, 0o600),
    deps.files.write(kept.knownHostsPath, source.knownHosts(hostKey.publicKey), 0o600),
    seed(),
  ]);
  // Nothing is at work in the directory any more when a failure is told.
  for (const part of made) if (part.status === 'rejected') throw part.reason;
  return { loginPublicKey: login.publicKey, hostKey };
}
