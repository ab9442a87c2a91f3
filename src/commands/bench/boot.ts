import { resolve } from 'node:path';
import type { CommandContext } from '../../cli/command-context.ts';
import type { CommandSpec } from '../../cli/command-spec.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { BootSeriesRequest } from '../../core/measure/boot-operations.ts';
import { bootSeriesText } from '../../core/view/boot-series-text.ts';
import { bootOptions, configurationWith, readBootOptions, variable } from './boot-options.ts';
import { mediumOptions } from './medium-options.ts';
import { asksForMedium, eitherOf, readMedia } from './read-medium.ts';

/** Every combination of what `--vary` names; without it, the one with nothing varied. */
function readVariations(context: CommandContext): readonly Readonly<Record<string, string>>[] {
  let combinations: readonly Readonly<Record<string, string>>[] = [{}];
  for (const text of context.flags.list('vary')) {
    const [, name, values] = /^([a-z][a-z-]*)=([^,]+(?:,[^,]+)*)$/.exec(text) ?? [];
    if (name === undefined || values === undefined || !variable.includes(name))
      fail(
        'usage.invalid-argument',
        `--vary is "${text}"; accepted is SETTING=VALUE,VALUE with ${variable.join(', ')}.`,
        {
          next: ['sysmonvm bench boot --vary cpus=1,2,4'],
        },
      );
    combinations = combinations.flatMap((before) => values.split(',').map((value) => ({ ...before, [name]: value })));
  }
  return combinations;
}

async function readConfigurations(context: CommandContext): Promise<BootSeriesRequest['configurations']> {
  const { flags } = context;
  const variations = readVariations(context);
  if (asksForMedium(flags)) return readMedia(context, variations);
  const [cpus, memory] = [eitherOf(flags, 'cpus', 'smp'), eitherOf(flags, 'memory', 'mem')];
  const emulated = flags.values['kvm'] === false;
  const aliases = {
    ...(cpus === undefined ? {} : { cpus }),
    ...(memory === undefined ? {} : { memory }),
    ...(emulated ? { accel: 'tcg' } : {}),
  };
  return Promise.all(variations.map((parameters) => configurationWith(context, parameters, aliases)));
}

async function readRequest(context: CommandContext): Promise<BootSeriesRequest> {
  const { METRICS_DIR: root = '' } = context.env;
  const guest = eitherOf(context.flags, 'guest', 'name');
  return {
    ...(root === '' ? {} : { out: resolve(root) }),
    ...readBootOptions(context),
    ...(guest === undefined ? {} : { guest }),
    configurations: await readConfigurations(context),
    iterations: context.flags.integer('iterations', { min: 1, max: 10_000 }) ?? 1,
  };
}

export const benchBoot: CommandSpec = {
  name: 'bench boot',
  group: 'measure',
  summary: 'Boot a guest several times and measure every stage',
  description:
    'Each boot is made in a VM of its own, which is removed afterwards; with --iso, --kernel, --bios or the path of a --disk in a fresh machine for a guest that is not ours, without network, watched on its serial console. A boot that fails or does not end in time is counted as such and is never a value. Artifacts of every run are kept below the metrics directory, and summary.json is made anew.',
  settings: 'run',
  options: [
    { flags: '--iterations <count>', description: 'boots that are counted (default: 1)' },
    { flags: '--warmup <count>', description: 'boots before them that are kept and not counted (default: 0)' },
    {
      flags: '--vary <setting=values>',
      description: `boot several configurations in turns, every combination: ${variable.join(', ')}`,
      repeat: true,
      complete: 'none',
    },
    {
      flags: '--out <directory>',
      description: 'root of the artifacts (default: METRICS_DIR, else `metrics` of the workspace)',
      complete: 'directory',
    },
    ...bootOptions({
      guest: 'the image, or the file that is booted',
      timeout: '`lifetime.ready_timeout`; of a medium 10m, of an installation 4h',
    }),
    { flags: '--name <name>', description: 'the same as --guest', complete: 'none' },
    ...mediumOptions,
  ],
  examples: [
    { command: 'sysmonvm bench boot --image debian-12 --iterations 5 --label nightly', what: 'five cold boots' },
    { command: 'sysmonvm bench boot --image debian-12 --warm --iterations 20', what: 'twenty forks' },
    {
      command: 'sysmonvm bench boot --image debian-12 --vary cpus=1,2,4 --vary cpu-model=max,qemu64 --iterations 5',
      what: 'six machines in turns, and how each gets faster with processors',
    },
    { command: 'sysmonvm bench boot --iso minix.iso --iterations 5 --label nightly', what: 'a guest that is not ours' },
    {
      command: 'sysmonvm bench boot --kernel zImage --initrd initrd.gz --arch arm --append console=ttyAMA0',
      what: 'a kernel on another architecture',
    },
    {
      command: 'sysmonvm bench boot --iso minix.iso --disk minix.qcow2 --size 2G --install-script answers.yaml',
      what: 'an installation that nobody watches',
    },
  ],
  exitCodes: { 6: 'no boot was completed' },
  document: 'bench-boot',
  run: async (context) => {
    const request = await readRequest(context);
    const engine = await context.engine();
    const series = await engine.boots.series(request, context.call);
    await context.endProgress();
    const { result, directory, resultPath, runs, lanes } = series;
    context.output.document({ directory, resultPath, runs, lanes, result }, () => bootSeriesText(series));
    return runs.some(({ outcome }) => outcome === 'completed') ? 0 : 6;
  },
};
