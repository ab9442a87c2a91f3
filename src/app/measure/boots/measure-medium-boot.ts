import type { Call } from '../../../core/engine.ts';
import type { ObservedBoot } from '../../../core/measure/boot/observed-boot.ts';
import type { BootMediumRequest, BootObservation } from '../../../core/measure/boot-medium.ts';
import type { MediumConfiguration } from '../../../core/measure/boot-operations.ts';
import { mainPartOf, mediumDefaults } from '../../../core/measure/medium-defaults.ts';
import { maxSamples, nothingSampled, type UsageRecord } from '../../../core/measure/usage/usage-record.ts';
import type { UsageSampling } from '../../../core/ports/usage-sampler.ts';
import type { Dependencies } from '../../dependencies.ts';
import { bootMedium } from '../boot-medium.ts';

interface MediumBootRequest {
  readonly medium: MediumConfiguration;
  readonly timeoutMs?: number;
  readonly sampleIntervalMs: number;
  /** Called while the logs still exist. */
  readonly keep: (observed: ObservedBoot) => Promise<void>;
}

const bootTimeoutMs = 600_000;
/** The steps of a script have limits of their own, and a person takes time. */
const installTimeoutMs = 4 * 3_600_000;

/** With all defaults filled in; the name of the guest counts among what they follow from. */
export function mediumRequest(
  { hostArch }: Pick<Dependencies, 'hostArch'>,
  configuration: MediumConfiguration,
  { guest, timeoutMs }: { readonly guest?: string | undefined; readonly timeoutMs?: number | undefined },
): Omit<BootMediumRequest, 'outputDirectory'> {
  const { markers, arch } = mediumDefaults(configuration.medium, guest, hostArch);
  const limitMs = configuration.install === undefined ? bootTimeoutMs : installTimeoutMs;
  return { markers, arch, ...configuration, timeoutMs: timeoutMs ?? limitMs };
}

/** One boot of a guest that is not ours, in a fresh machine. What cannot even be tried is thrown, as for VMs. */
export async function measureMediumBoot(
  deps: Dependencies,
  call: Call,
  { medium, guest, timeoutMs, sampleIntervalMs, keep }: MediumBootRequest & { readonly guest: string },
): Promise<ObservedBoot> {
  const [sampler, machines] = await Promise.all([deps.usageSampler(), deps.mediumMachines()]);
  let sampling: UsageSampling | undefined;
  return machines.inDirectory(async (outputDirectory) => {
    try {
      const seen = await bootMedium(deps, call, {
        ...mediumRequest(deps, medium, { guest, timeoutMs }),
        outputDirectory,
        onProcess: (process) => {
          sampling ??= sampler.start(process, { intervalMs: sampleIntervalMs, maxSamples });
        },
        onVerdict: async () => {
          await sampling?.stop();
        },
      });
      if (sampling === undefined)
        call.report({
          kind: 'notice',
          level: 'warning',
          text: 'QEMU’s process was not found on this host, so what it used was not sampled.',
        });
      const observed = await observedBoot(deps, medium, seen, (await sampling?.stop()) ?? nothingSampled);
      await keep(observed);
      return observed;
    } finally {
      await sampling?.stop();
    }
  });
}

async function observedBoot(
  deps: Dependencies,
  { medium, install }: MediumConfiguration,
  { outcome, startedAt, bootedAtMs, markers, metrics, failure, machine, paths, table }: BootObservation,
  usage: UsageRecord,
): Promise<ObservedBoot> {
  const steps = markers.map(({ name, atMs }, at) => ({ name, startMs: markers[at - 1]?.atMs ?? 0, endMs: atMs }));
  return {
    outcome,
    startedAt,
    ...(bootedAtMs === undefined ? {} : { totalMs: bootedAtMs }),
    markers: markers.map(({ name, atMs }) => ({ name, afterMs: atMs })),
    lanes: steps.length === 0 ? [] : [{ source: 'console', title: 'on the console', spans: steps }],
    markerTable: table,
    ...(install === undefined ? {} : { installation: true }),
    ...(metrics.length === 0
      ? {}
      : { metrics: metrics.map(({ name, value, unit = '', atMs }) => ({ name, value, unit, afterMs: atMs })) }),
    ...(failure === undefined ? {} : { failure: { code: failure.code, message: failure.message } }),
    usage,
    machine,
    accelerationUsable: await accelerationUsable(deps, machine.arch),
    bootLog: paths.bootLog,
    debugLog: paths.debugLog,
    diskImage: install?.disk ?? mainPartOf(medium) ?? '',
  };
}

/** Whether this host could run the code of that architecture. 32-bit ARM is always emulated. */
async function accelerationUsable(deps: Dependencies, arch: string): Promise<boolean> {
  const needed = arch === 'i386' ? 'x86_64' : arch;
  if (needed !== deps.hostArch) return false;
  return (await (await deps.facts()).collect(deps.hostArch)).accelerator?.usable ?? false;
}
