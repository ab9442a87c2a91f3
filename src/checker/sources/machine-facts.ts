import { type MachineFacts, parseCpuinfo } from '../../core/telemetry/cpu-frequency.ts';
import type { TextSource } from './text-source.ts';

/** @param detectVirt the answer of `systemd-detect-virt --vm`; undefined where there is no such program. */
export function readMachineFacts(texts: TextSource, detectVirt: string | undefined): MachineFacts {
  const [first] = parseCpuinfo(texts.read('/proc/cpuinfo') ?? '');
  const vendor = texts.read('/sys/class/dmi/id/sys_vendor')?.trim();
  const clocks = texts.read('/sys/devices/system/clocksource/clocksource0/available_clocksource')?.trim();
  return {
    ...(detectVirt === undefined || detectVirt === '' ? {} : { detectVirt }),
    ...(first?.modelName === undefined ? {} : { modelName: first.modelName }),
    ...(first?.flags === undefined ? {} : { flags: first.flags }),
    ...(vendor === undefined || vendor === '' ? {} : { vendor }),
    ...(clocks === undefined || clocks === '' ? {} : { clockSources: clocks.split(/\s+/) }),
  };
}
