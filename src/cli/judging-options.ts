import { resolve } from 'node:path';
import { fail } from '../core/errors/sysmonvm-error.ts';
import { type DifferenceName, differenceNames } from '../core/measure/judging/compare-fingerprints.ts';
import type { JudgingWishes } from '../core/measure/judging/compare-results.ts';
import type { CompareRequest, ResultReference } from '../core/measure/judging-operations.ts';
import type { Better } from '../core/measure/metric-definition.ts';
import type { OptionSpec } from './command-spec.ts';
import { type Flags, invalidFlag } from './flags.ts';

export const judgingOptions: readonly OptionSpec[] = [
  {
    flags: '--tolerance <percent>',
    description:
      'how much worse is a regression: for all metrics, or NAME=PERCENT for one (default: what the workload says, else 5; a single boot time 20)',
    repeat: true,
  },
  {
    flags: '--better <name=direction>',
    description: 'NAME=lower or NAME=higher: which values of a metric are better, where its unit does not say it',
    repeat: true,
  },
  {
    flags: '--accept-difference <name>',
    description: 'judge although this differs between the two machines, and note it in the result',
    repeat: true,
    choices: differenceNames,
  },
  {
    flags: '--seed <number>',
    description: 'of the random numbers of the statistics: the same files and seed give the same answer (default: 1)',
  },
];

export const baselinesOption: OptionSpec = {
  flags: '--dir <path>',
  description: 'directory of the baselines that tag:TAG means (default: baselines of the workspace)',
  complete: 'directory',
};

export const metricOption = (standard: string): OptionSpec => ({
  flags: '--metric <name>',
  description: `judge this metric only, such as boot_total; may be given several times (default: ${standard})`,
  repeat: true,
});

/** Names of the flags of `judgingOptions`, for commands in which they may be without effect. */
export const judgingFlags = ['tolerance', 'better', 'acceptDifference', 'seed', 'metric', 'dir'] as const;

/** @throws usage.invalid-argument */
export function compareRequest(flags: Flags, baseline: ResultReference, current: ResultReference): CompareRequest {
  const directory = flags.text('dir');
  const place = directory === undefined ? {} : { directory: resolve(directory) };
  return { ...judgingWishes(flags), baseline, current, ...place };
}

/** @throws usage.invalid-argument */
export function judgingWishes(flags: Flags): JudgingWishes {
  const tolerances = flags.list('tolerance').map(toleranceOf);
  const general = tolerances.filter(({ name }) => name === undefined).at(-1)?.percent;
  const seed = flags.integer('seed', { min: 0, max: 2 ** 31 - 1 });
  const metrics = flags.list('metric');
  return {
    ...(metrics.length === 0 ? {} : { metrics }),
    ...(general === undefined ? {} : { tolerancePercent: general }),
    tolerancePercentOf: Object.fromEntries(
      tolerances.flatMap(({ name, percent }) => (name === undefined ? [] : [[name, percent]])),
    ),
    betterOf: Object.fromEntries(flags.list('better').map(betterOf)),
    accept: flags
      .list('acceptDifference')
      .map(
        (name) =>
          differenceNames.find((known) => known === name) ??
          invalidFlag('acceptDifference', name, differenceNames.join(', ')),
      ) satisfies readonly DifferenceName[],
    ...(seed === undefined ? {} : { seed }),
  };
}

function toleranceOf(text: string): { readonly name?: string; readonly percent: number } {
  const [, name, number = ''] = /^(?:(.+)=)?\s*(\d+(?:\.\d+)?)\s*%?$/.exec(text) ?? [];
  if (number === '') return invalidFlag('tolerance', text, 'a percentage such as 20, or NAME=20');
  return { ...(name === undefined ? {} : { name }), percent: Number(number) };
}

function betterOf(text: string): [string, Better] {
  const [, name, direction] = /^(.+)=(lower|higher)$/.exec(text) ?? [];
  if (name === undefined) return invalidFlag('better', text, 'NAME=lower or NAME=higher');
  return [name, direction === 'higher' ? 'higher' : 'lower'];
}

/** @throws usage.invalid-argument when it is neither a file nor an option that may be left out */
export function requiredFlag(flags: Flags, key: string, flag: string, command: string): string {
  const value = flags.text(key);
  if (value === undefined || value.trim() === '')
    fail('usage.invalid-argument', `sysmonvm ${command}: ${flag} is missing.`, {
      next: [`sysmonvm ${command} --help`],
    });
  return value;
}
