import type { CloudConfig } from '../../core/cloud-init/cloud-config.ts';
import { isMapping } from '../../core/cloud-init/cloud-config.ts';
import { guestAgentFiles, openGuestAgentScript } from '../../core/cloud-init/open-guest-agent-script.ts';
import { macAddressOf, secondMacAddress } from '../../core/ids/mac-address.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { SeedFile } from '../../core/ports/seed-builder.ts';
import { renderTemplate } from './render-template.ts';

export interface SeedIdentity {
  /** Stable: another one makes cloud-init run its once-per-instance modules again. */
  readonly instanceId: string;
  /** OpenSSH private key of the guest, made by us so that it is pinned before the first connection. */
  readonly hostPrivateKey: string;
  readonly hostPublicKey: string;
  readonly authorizedKeys: readonly string[];
  /** Without it a guest on network `user` finds its network by itself. */
  readonly macAddress?: string;
}

/** A user's own cloud-config, and how ours is joined with it. */
export interface UserConfig {
  readonly value: CloudConfig;
  readonly mergedWith: (userData: string) => string;
}

/** The files of the NoCloud seed. Nothing is loaded that only a user's cloud-config needs. */
export function ownSeedFiles(plan: VmPlan, identity: SeedIdentity, theirs?: UserConfig): SeedFile[] {
  const hostname = plan.guest.hostname.split('.')[0] ?? plan.guest.hostname;
  const authorizedKeys = [
    ...new Set([...identity.authorizedKeys, ...plan.guest.extraAuthorizedKeys].map((key) => key.trim())),
  ];
  const userData = renderTemplate('cloud-init/user-data.mustache', {
    hostname,
    fqdn: plan.guest.hostname,
    timezone: plan.guest.timezone,
    hostKey: { private: identity.hostPrivateKey, public: identity.hostPublicKey.trim() },
    user: userView(plan, authorizedKeys, theirs?.value),
    agentOpening: isEnterpriseLinux(plan.image.value.id)
      ? { words: [openGuestAgentScript, 'sh', ...guestAgentFiles] }
      : undefined,
  });
  return [
    {
      name: 'meta-data',
      content: renderTemplate('cloud-init/meta-data.mustache', { instanceId: identity.instanceId, hostname }),
    },
    { name: 'user-data', content: theirs?.mergedWith(userData) ?? userData },
    ...networkConfig(plan, identity),
    ...(plan.image.value.id === 'tiny' ? plainFiles(plan, identity, authorizedKeys) : []),
  ];
}

function userView(
  plan: VmPlan,
  authorizedKeys: readonly string[],
  theirs: CloudConfig | undefined,
): Record<string, unknown> {
  const groups = [
    ...(plan.guest.sudo ? [adminGroup(plan.image.value.id)] : []),
    ...(bringsDocker(theirs) ? ['docker'] : []),
  ];
  return {
    name: plan.guest.user,
    gecos: `${plan.guest.user} of ${plan.name}`,
    groups,
    hasGroups: groups.length > 0,
    sudo: plan.guest.sudo,
    authorizedKeys,
  };
}

/** The family whose guest agent is forbidden to run commands. */
function isEnterpriseLinux(imageId: string): boolean {
  return /^(almalinux|centos|el|oracle|rhel|rocky)/.test(imageId);
}

/** The group whose members may use sudo, by distribution. */
function adminGroup(imageId: string): 'sudo' | 'wheel' {
  return /^(debian|ubuntu|tiny)/.test(imageId) ? 'sudo' : 'wheel';
}

/** cloud-init creates a group that is missing: `docker` is named only when the user's own config brings it. */
function bringsDocker(theirs: CloudConfig | undefined): boolean {
  const packages = Array.isArray(theirs?.['packages']) ? theirs['packages'] : [];
  const groups = theirs?.['groups'];
  const names = Array.isArray(groups)
    ? groups.flatMap((group) => (isMapping(group) ? Object.keys(group) : [group]))
    : isMapping(groups)
      ? Object.keys(groups)
      : [];
  return (
    names.includes('docker') ||
    packages.flat().some((name) => ['docker', 'docker.io', 'docker-ce', 'moby-engine'].includes(String(name)))
  );
}

/**
 * A bridged VM has two cards and both are named: on its own cloud-init brings up only one of them. The addresses
 * follow from the id, as they do in the ledger.
 */
function networkConfig(plan: VmPlan, { macAddress, instanceId }: SeedIdentity): SeedFile[] {
  const { value: network } = plan.network;
  const first = macAddress ?? (network === 'bridged' ? macAddressOf(instanceId) : undefined);
  if (network !== 'none' && first === undefined) return [];
  const addresses =
    network === 'none' || !first ? [] : network === 'bridged' ? [first, secondMacAddress(first)] : [first];
  const cards = addresses.map((address, index) => ({ name: `eth${index}`, macAddress: address }));
  const view = { hasCards: cards.length > 0, cards };
  return [{ name: 'network-config', content: renderTemplate('cloud-init/network-config.mustache', view) }];
}

/** The busybox shell of the `tiny` guest reads no YAML. */
function plainFiles(plan: VmPlan, identity: SeedIdentity, authorizedKeys: readonly string[]): SeedFile[] {
  const env = { HOSTNAME: plan.guest.hostname, GUEST_USER: plan.guest.user, INSTANCE_ID: identity.instanceId };
  const lines = Object.entries(env).map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`);
  return [
    { name: 'sysmonvm.env', content: lines.join('') },
    { name: 'authorized_keys', content: authorizedKeys.map((key) => `${key}\n`).join('') },
    { name: 'host_key', content: `${identity.hostPrivateKey.trimEnd()}\n` },
  ];
}
