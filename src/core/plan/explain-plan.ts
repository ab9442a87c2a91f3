import type { Origin, VmConfig } from '../config/vm-config.ts';
import { formatDuration } from '../units/duration.ts';
import { formatBytes, formatMib } from '../units/size.ts';
import { originText } from './origin-text.ts';
import type { PortWish, VmPlan } from './vm-plan.ts';

export interface ExplainedChoice {
  readonly what: string;
  readonly value: string;
  readonly reason: string;
}

const yesNo = (value: boolean) => (value ? 'yes' : 'no');

/** What a reproducible machine has of its host all the same. */
const realClock = {
  value: "the host's, UTC",
  reason: 'not fixed: certificates, cloud-init and logs need the real date',
};

/** One row for each decision of the plan, in the order in which a person asks. */
export function explainPlan(plan: VmPlan, config: VmConfig): ExplainedChoice[] {
  const row = (what: string, value: string, origin: Origin, note = ''): ExplainedChoice => ({
    what,
    value,
    reason: note === '' ? originText(origin) : `${originText(origin)}; ${note}`,
  });
  const image = plan.image.value;
  const size = image.virtualSizeBytes === undefined ? '' : `, ${formatBytes(image.virtualSizeBytes)}`;
  return [
    row('name', plan.name, config.name.origin),
    { what: 'image', value: `${image.id} (${image.level}${size})`, reason: plan.image.reason },
    {
      what: 'image digest',
      value: image.digest ?? 'not known yet',
      reason: image.digest === undefined ? 'the image is not built yet' : 'of the bytes that are booted',
    },
    row('architecture', plan.arch, config.arch.origin, plan.host === undefined ? '' : `the host is ${plan.host.arch}`),
    { what: 'accelerator', ...plan.accelerator },
    { what: 'machine', ...plan.machine },
    { what: 'CPU model', ...plan.cpuModel },
    { what: 'CPUs', value: String(plan.cpus.value), reason: plan.cpus.reason },
    ...(plan.pinnedCpus === undefined
      ? []
      : [{ what: 'pinned to', value: plan.pinnedCpus.value.join(', '), reason: plan.pinnedCpus.reason }]),
    { what: 'memory', value: formatMib(plan.memoryMib.value), reason: plan.memoryMib.reason },
    { what: 'disk', value: `${plan.diskGib.value} GiB`, reason: plan.diskGib.reason },
    { what: 'boot', ...plan.boot },
    { what: 'QEMU', value: `${plan.qemu.path} ${plan.qemu.version}`, reason: plan.qemu.digest },
    ...(plan.firmware === undefined
      ? []
      : [{ what: 'firmware', value: plan.firmware.codePath, reason: plan.firmware.source }]),
    {
      what: 'network',
      value: plan.bridge === undefined ? plan.network.value : `${plan.network.value} (${plan.bridge})`,
      reason: plan.network.reason,
    },
    ...(plan.macAddress === undefined ? [] : [{ what: 'MAC address', ...plan.macAddress }]),
    ...(plan.reproducible ? [{ what: 'clock', ...realClock }] : []),
    ...plan.ports.map((port) =>
      row(
        port.purpose === 'ssh' ? 'SSH port' : 'port',
        portText(port),
        port.purpose === 'ssh' ? config.sshPort.origin : config.ports.origin,
      ),
    ),
    row('host name', plan.guest.hostname, config.hostname.origin),
    row('user', plan.guest.user, config.user.origin),
    row('sudo', yesNo(plan.guest.sudo), config.sudo.origin),
    row('further SSH keys', String(plan.guest.extraAuthorizedKeys.length), config.sshKey.origin),
    row('own cloud-config', yesNo(plan.guest.cloudConfig !== undefined), config.cloudInit.origin),
    row('ready within', formatDuration(plan.readyTimeoutMs), config.readyTimeoutMs.origin),
    row('removed after', plan.ttlMs === undefined ? 'never' : formatDuration(plan.ttlMs), config.ttlMs.origin),
  ];
}

function portText({ host, guest, strength }: PortWish): string {
  return strength === 'any' ? `any free port → ${guest}` : `127.0.0.1:${host} → ${guest} (${strength})`;
}
