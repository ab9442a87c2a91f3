import { resolve } from 'node:path';
import type { CommandContext } from '../../cli/command-context.ts';
import type { OptionSpec } from '../../cli/command-spec.ts';
import { readTimeout } from '../../cli/start-options.ts';
import { flagAttribute } from '../../core/config/field.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { BootSeriesRequest, VmConfiguration } from '../../core/measure/boot-operations.ts';

const leastIntervalMs = 10;
/** Settings of the machine and the guest; the architecture is part of where results are kept. */
export const variable = ['cpus', 'cpu-model', 'machine-type', 'memory', 'disk', 'image', 'boot', 'accel', 'network'];

/** What every series of boots takes. */
export const bootOptions = (standard: { readonly guest: string; readonly timeout: string }): readonly OptionSpec[] => [
  { flags: '--label <text>', description: 'part of the run id, for the history' },
  { flags: '--run-id <id>', description: 'instead of label and time' },
  { flags: '--guest <name>', description: `name of the guest in paths and results (default: ${standard.guest})` },
  { flags: '--cold', description: 'boot from the disk (the default)' },
  { flags: '--warm', description: 'fork the configuration’s template, which is made on first use' },
  { flags: '--timeout <duration>', description: `how long one boot may take (default: ${standard.timeout})` },
  { flags: '--sample-interval <duration>', description: 'of the samples of QEMU’s process (default: 1s)' },
  { flags: '--commit <id>', description: 'commit of what is measured, kept with the result' },
];

type BootOptions = Omit<BootSeriesRequest, 'configurations' | 'iterations'>;

/** @throws usage.invalid-argument */
export function readBootOptions(context: CommandContext): BootOptions {
  const { flags } = context;
  if (flags.on('warm') && flags.on('cold')) fail('usage.invalid-argument', '--warm and --cold exclude each other.');
  const [label, runId, guest, commit] = ['label', 'runId', 'guest', 'commit'].map((key) => flags.text(key));
  const out = flags.text('out');
  return {
    warmup: flags.integer('warmup', { min: 0, max: 1000 }) ?? 0,
    warm: flags.on('warm'),
    sampleIntervalMs: readInterval(context),
    ...readTimeout(flags),
    ...(out === undefined ? {} : { out: resolve(out) }),
    ...(label === undefined ? {} : { label }),
    ...(runId === undefined ? {} : { runId }),
    ...(guest === undefined ? {} : { guest }),
    ...(commit === undefined ? {} : { commit }),
  };
}

function readInterval({ flags }: CommandContext): number {
  const intervalMs = flags.durationMs('sampleInterval') ?? 1000;
  if (intervalMs >= leastIntervalMs) return intervalMs;
  return fail('usage.invalid-argument', `--sample-interval is below ${leastIntervalMs} ms`, {
    next: ['sysmonvm bench boot --sample-interval 100ms'],
  });
}

/** The configuration of the command line with some settings laid over it. */
export async function configurationWith(
  context: CommandContext,
  parameters: Readonly<Record<string, string>>,
  always: Readonly<Record<string, string>> = {},
): Promise<VmConfiguration> {
  const changes = Object.entries(parameters).map(([name, value]) => [flagAttribute(`--${name}`), value] as const);
  return { config: await context.config('bench', { ...always, ...Object.fromEntries(changes) }), parameters };
}
