import { refuseValue } from '../config/findings.ts';
import type { VmConfig } from '../config/vm-config.ts';
import { fail } from '../errors/sysmonvm-error.ts';
import type { HostFacts } from '../host-facts.ts';
import { bytesPerGib, formatMib } from '../units/size.ts';
import { originText } from './origin-text.ts';
import type { Warn } from './plan-request.ts';
import type { Choice, VmPlan } from './vm-plan.ts';

/** A default yields to the host; what was asked for stays, with a warning where the host has less. */
export function chooseCpus(config: VmConfig, host: HostFacts, warn: Warn): Choice<number> {
  const { value, origin } = config.cpus;
  const host_ = `the host has ${host.cpuCount} core${host.cpuCount === 1 ? '' : 's'}`;
  if (value <= host.cpuCount) return { value, reason: originText(origin) };
  if (origin.from === 'default')
    return { value: Math.max(1, host.cpuCount), reason: `default ${value}, lowered: ${host_}` };
  warn(`${value} virtual CPUs were asked for and ${host_}: they will wait for each other.`);
  return { value, reason: `${originText(origin)}; ${host_}` };
}

const stepMib = 64;

export function chooseMemory(
  config: VmConfig,
  host: HostFacts,
  minimumMib: number,
  previous: VmPlan | undefined,
  warn: Warn,
): Choice<number> {
  const { value, origin } = config.memoryMib;
  const free = `${formatMib(host.freeMemoryMib)} of ${formatMib(host.memoryMib)} is free`;
  if (origin.from === 'default') {
    if (previous !== undefined && previous.memoryMib.value <= value) return previous.memoryMib;
    const half = Math.floor(host.freeMemoryMib / 2 / stepMib) * stepMib;
    if (half >= value) return { value, reason: originText(origin) };
    if (half < minimumMib)
      warn(`The guest needs ${formatMib(minimumMib)} of memory and only ${free}: the host may begin to swap.`);
    return {
      value: Math.max(half, minimumMib),
      reason: `default ${formatMib(value)}, lowered to half of what is free: ${free}`,
    };
  }
  if (value > host.memoryMib) {
    fail(
      'host.no-memory',
      `${formatMib(value)} of memory was asked for (${originText(origin)}); the host has ${formatMib(host.memoryMib)}.`,
      {
        details: { askedMib: value, hostMib: host.memoryMib, freeMib: host.freeMemoryMib },
        next: [
          `Ask for less, for example --memory ${Math.max(minimumMib, Math.floor(host.freeMemoryMib / 2 / stepMib) * stepMib)}M`,
        ],
      },
    );
  }
  if (value > host.freeMemoryMib && previous?.memoryMib.value !== value)
    warn(`${formatMib(value)} of memory was asked for and ${free}: the host may begin to swap.`);
  if (value < minimumMib)
    warn(`${formatMib(value)} of memory was asked for; this image needs ${formatMib(minimumMib)} to boot.`);
  return { value, reason: originText(origin) };
}

export function chooseDisk(config: VmConfig, virtualSizeBytes: number | undefined): Choice<number> {
  const { value, origin } = config.diskGib;
  const needed = Math.ceil((virtualSizeBytes ?? 0) / bytesPerGib);
  if (value >= needed) return { value, reason: originText(origin) };
  if (origin.from !== 'default')
    refuseValue(origin, '--disk', `${value} GiB is smaller than the image itself, which needs ${needed} GiB`);
  return { value: needed, reason: `default ${value} GiB, raised: the image itself has ${needed} GiB` };
}
