import type { PortWish, VmPlan } from './vm-plan.ts';

/** What a change costs: nothing, a request to the running VM, a stop and start, or a new VM. */
export type ChangeNeeds = 'nothing' | 'live' | 'restart' | 'recreate';

export interface PlanDifference {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly needs: ChangeNeeds;
}

interface Compared {
  readonly field: string;
  readonly of: (plan: VmPlan) => unknown;
  readonly needs: ChangeNeeds | ((from: VmPlan, to: VmPlan) => ChangeNeeds);
}

const sshWish = (plan: VmPlan) => plan.ports.filter((port) => port.purpose === 'ssh');
const userWishes = (plan: VmPlan) => plan.ports.filter((port) => port.purpose === 'user');
const ordered = (ports: readonly PortWish[]) =>
  [...ports].sort((a, b) => (a.host ?? 0) - (b.host ?? 0) || a.guest - b.guest);

/** Reasons, warnings and the order of ports are not compared: they change nothing in the VM. */
const compared: readonly Compared[] = [
  { field: 'name', of: (plan) => plan.name, needs: 'nothing' },
  { field: 'arch', of: (plan) => plan.arch, needs: 'recreate' },
  { field: 'image', of: (plan) => plan.image.value.id, needs: 'recreate' },
  {
    field: 'image.digest',
    of: (plan) => plan.image.value.digest,
    // A local image has no digest before it is built.
    needs: (from) => (from.image.value.digest === undefined ? 'nothing' : 'recreate'),
  },
  { field: 'accelerator', of: (plan) => plan.accelerator.value, needs: 'restart' },
  { field: 'machine', of: (plan) => plan.machine.value, needs: 'restart' },
  { field: 'cpuModel', of: (plan) => plan.cpuModel.value, needs: 'restart' },
  { field: 'cpus', of: (plan) => plan.cpus.value, needs: 'restart' },
  { field: 'memoryMib', of: (plan) => plan.memoryMib.value, needs: 'restart' },
  {
    field: 'diskGib',
    of: (plan) => plan.diskGib.value,
    needs: (from, to) => (to.diskGib.value > from.diskGib.value ? 'restart' : 'recreate'),
  },
  { field: 'boot', of: (plan) => plan.boot.value, needs: 'restart' },
  { field: 'kernelCommandLine', of: (plan) => plan.kernelCommandLine, needs: 'restart' },
  { field: 'network', of: (plan) => plan.network.value, needs: 'restart' },
  { field: 'bridge', of: (plan) => plan.bridge, needs: 'restart' },
  { field: 'macAddress', of: (plan) => plan.macAddress?.value, needs: 'recreate' },
  { field: 'pinnedCpus', of: (plan) => plan.pinnedCpus?.value, needs: 'restart' },
  { field: 'ports.ssh', of: sshWish, needs: 'restart' },
  { field: 'ports', of: (plan) => ordered(userWishes(plan)), needs: 'live' },
  { field: 'guest.hostname', of: (plan) => plan.guest.hostname, needs: 'recreate' },
  { field: 'guest.user', of: (plan) => plan.guest.user, needs: 'recreate' },
  { field: 'guest.sudo', of: (plan) => plan.guest.sudo, needs: 'recreate' },
  { field: 'guest.extraAuthorizedKeys', of: (plan) => plan.guest.extraAuthorizedKeys, needs: 'recreate' },
  { field: 'guest.cloudConfig', of: (plan) => plan.guest.cloudConfig, needs: 'recreate' },
  { field: 'guest.timezone', of: (plan) => plan.guest.timezone, needs: 'recreate' },
  { field: 'ttlMs', of: (plan) => plan.ttlMs, needs: 'nothing' },
  { field: 'readyTimeoutMs', of: (plan) => plan.readyTimeoutMs, needs: 'nothing' },
  { field: 'ephemeral', of: (plan) => plan.ephemeral, needs: 'recreate' },
  // A newer QEMU or firmware on the host is taken at the next start; it is no reason to interrupt a guest.
  { field: 'qemu', of: (plan) => plan.qemu.digest, needs: 'nothing' },
  { field: 'firmware', of: (plan) => plan.firmware?.codeDigest, needs: 'nothing' },
];

export function diffPlans(from: VmPlan, to: VmPlan): PlanDifference[] {
  return compared.flatMap(({ field, of, needs }) => {
    const [before, after] = [of(from), of(to)];
    if (canonical(before) === canonical(after)) return [];
    return [{ field, from: before, to: after, needs: typeof needs === 'function' ? needs(from, to) : needs }];
  });
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      inner !== null && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? 'undefined'
  );
}

const costs: readonly ChangeNeeds[] = ['nothing', 'live', 'restart', 'recreate'];

/** The most expensive of the differences. */
export function overallNeeds(differences: readonly PlanDifference[]): ChangeNeeds {
  return differences.reduce<ChangeNeeds>(
    (worst, { needs }) => (costs.indexOf(needs) > costs.indexOf(worst) ? needs : worst),
    'nothing',
  );
}
