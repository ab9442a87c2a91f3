import { parseProcessorModel } from '../../core/telemetry/cpu-frequency.ts';
import type { MachineFacts } from '../../core/telemetry/machine-kind.ts';
import type { TextSource } from './text-source.ts';

/** @param detectVirt the answer of `systemd-detect-virt --vm`; undefined where there is no such program. */
export function readMachineFacts(texts: TextSource, detectVirt: string | undefined): MachineFacts {
  const { modelName, flags } = parseProcessorModel(texts.read('/proc/cpuinfo') ?? '');
  const vendor = texts.read('/sys/class/dmi/id/sys_vendor')?.trim();
  const clocks = texts.read('/sys/devices/system/clocksource/clocksource0/available_clocksource')?.trim();
  const boards = texts.read('/proc/device-tree/compatible')?.split('\0').filter(Boolean);
  return {
    ...(detectVirt === undefined || detectVirt === '' ? {} : { detectVirt }),
    ...(modelName === undefined ? {} : { modelName }),
    ...(flags === undefined ? {} : { flags }),
    ...(vendor === undefined || vendor === '' ? {} : { vendor }),
    ...(clocks === undefined || clocks === '' ? {} : { clockSources: clocks.split(/\s+/) }),
    ...(boards === undefined ? {} : { boards }),
  };
}
