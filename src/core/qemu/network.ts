import { hasCode, SysmonvmError } from '../errors/sysmonvm-error.ts';
import { secondMacAddress } from '../ids/mac-address.ts';
import type { VmPlan } from '../plan/vm-plan.ts';
import type { KeptResources, PortLease } from '../resources/ledger.ts';

/**
 *   none     no card at all
 *   user     one card behind QEMU's own NAT; forwards listen on 127.0.0.1 only
 *   bridged  a second card on the bridge. The first one stays for our SSH, restricted: it offers no router and no
 *            name server, so that all of the guest's own traffic takes the bridge
 *
 * `romfile=` leaves out the boot ROM. The user network has no IPv6: without a router behind it, it only costs a boot
 * its time-outs.
 */
export function networkArguments(plan: VmPlan, kept: KeptResources, ports: readonly PortLease[]): string[] {
  const { value: network } = plan.network;
  if (network === 'none') return ['-nic', 'none'];
  const restricted = network === 'bridged' ? ',restrict=on' : '';
  const forwards = ports.map(({ host, guest }) => `,hostfwd=tcp:127.0.0.1:${host}-:${guest}`).join('');
  const user = ['-netdev', `user,id=net0,ipv6=off${restricted}${forwards}`, '-device', card('net0', kept.macAddress)];
  if (network === 'user') return user;
  return [...user, '-netdev', bridge(plan), '-device', card('net1', secondMacAddress(kept.macAddress))];
}

function card(netdev: string, macAddress: string): string {
  return `virtio-net-pci,netdev=${netdev},mac=${macAddress},romfile=`;
}

/** Linux: through qemu-bridge-helper. macOS: vmnet, which needs root or an entitlement. */
function bridge(plan: VmPlan): string {
  if (plan.host?.platform === 'darwin') return `vmnet-bridged,id=net1,ifname=${plan.bridge ?? 'en0'}`;
  return `bridge,id=net1,br=${plan.bridge ?? 'br0'}`;
}

/** QEMU says only "bridge helper failed"; the line before it is the helper's own, and each needs another remedy. */
const refusals: readonly {
  readonly words: RegExp;
  readonly why: (bridge: string) => string;
  readonly next: (bridge: string) => string;
}[] = [
  {
    words: /access denied by acl file|failed to parse default acl file/,
    why: (bridge) => `the helper may not use ${bridge}: no line "allow ${bridge}" in /etc/qemu/bridge.conf`,
    next: (bridge) => `sudo mkdir -p /etc/qemu && echo 'allow ${bridge}' | sudo tee -a /etc/qemu/bridge.conf`,
  },
  {
    words: /No such device/,
    why: (bridge) => `there is no bridge named ${bridge} on this host`,
    next: () => 'ip link show type bridge   # --bridge NAME chooses one',
  },
  {
    words: /(permission denied|operation not permitted)[\s\S]*bridge helper failed/i,
    why: () => 'the helper lacks the privilege to make a network device',
    next: () => 'ls -l /usr/lib/qemu/qemu-bridge-helper /usr/libexec/qemu-bridge-helper   # needs to be setuid root',
  },
  {
    words: /bridge helper failed|failed to launch bridge helper/,
    why: () => 'qemu-bridge-helper could not be run',
    next: () => 'ls -l /usr/lib/qemu/qemu-bridge-helper /usr/libexec/qemu-bridge-helper',
  },
  {
    words: /cannot create vmnet interface|vmnet.*(privileges|permission)/i,
    why: (bridge) => `macOS lets only root, or a QEMU signed for it, use ${bridge}`,
    next: () => 'sudo sysmonvm vm-start NAME',
  },
];

/** QEMU could not listen on a port that was free when it was chosen. */
export function isLostPort(error: unknown): boolean {
  if (!hasCode(error, 'host.qemu-failed')) return false;
  const { qemuTail } = error.details;
  return /could not set up host forwarding rule/i.test(
    [error.message, ...(Array.isArray(qemuTail) ? qemuTail : [])].join('\n'),
  );
}

/** The error of a start as the network explains it; anything that is not about the bridge passes unchanged. */
export function explainNetworkFailure(plan: VmPlan, error: unknown): unknown {
  if (plan.network.value !== 'bridged' || !hasCode(error, 'host.qemu-failed')) return error;
  const { qemuTail } = error.details;
  const said = Array.isArray(qemuTail) ? qemuTail.join('\n') : error.message;
  const refusal = refusals.find(({ words }) => words.test(said));
  if (!refusal) return error;
  const bridge = plan.bridge ?? 'br0';
  return new SysmonvmError('host.network-privilege', `VM ${plan.name} cannot join ${bridge}: ${refusal.why(bridge)}`, {
    details: { ...error.details, bridge },
    next: [
      refusal.next(bridge).replaceAll('NAME', plan.name),
      'sysmonvm vm-create OTHER --network user   # needs no privilege',
    ],
    cause: error,
  });
}
