import { resolve } from 'node:path';
import type { CommandContext } from '../../cli/command-context.ts';
import type { CommandSpec } from '../../cli/command-spec.ts';
import { judgingOptions, judgingWishes, metricOption } from '../../cli/judging-options.ts';
import { errorKinds } from '../../core/errors/kinds.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { AbRequest } from '../../core/measure/boot-operations.ts';
import { bootTotal } from '../../core/measure/judging/measured-result.ts';
import { leastForInterval } from '../../core/measure/statistics/judging-method.ts';
import { abDocument, abText } from '../../core/view/ab-text.ts';
import { bootOptions, configurationWith, readBootOptions, variable } from './boot-options.ts';

const [defaultPilot, defaultMost] = [5, 40];
const mostBoots = 10_000;

function readSide({ flags }: CommandContext, side: 'a' | 'b'): Readonly<Record<string, string>> {
  const settings = flags.list(side).map((text): readonly [string, string] => {
    const [, name, value] = /^([a-z][a-z-]*)=(.+)$/.exec(text) ?? [];
    if (name !== undefined && value !== undefined && variable.includes(name)) return [name, value];
    return fail(
      'usage.invalid-argument',
      `--${side} is "${text}"; accepted is SETTING=VALUE with ${variable.join(', ')}.`,
      {
        details: { flag: `--${side}`, value: text },
        next: ['sysmonvm bench ab --a boot=direct --b boot=uefi'],
      },
    );
  });
  return Object.fromEntries(settings);
}

/** How many boots: a number that was asked for, or a pilot and the most that may follow from it. */
function readNumbers({ flags }: CommandContext): Pick<AbRequest, 'iterations' | 'pilot' | 'most'> {
  const iterations = flags.integer('iterations', { min: 1, max: mostBoots });
  const pilot = flags.integer('pilot', { min: leastForInterval, max: mostBoots });
  const most = flags.integer('max', { min: 1, max: mostBoots });
  if (iterations !== undefined && (pilot !== undefined || most !== undefined))
    fail('usage.invalid-argument', '--iterations says how many boots there are; --pilot and --max find it out.', {
      next: ['sysmonvm bench ab --b boot=uefi --pilot 5 --max 40'],
    });
  const numbers = { pilot: pilot ?? defaultPilot, most: most ?? Math.max(defaultMost, pilot ?? 0) };
  if (numbers.most < numbers.pilot)
    fail('usage.invalid-argument', `--max ${numbers.most} is less than the pilot of ${numbers.pilot} boots a side.`, {
      next: [`sysmonvm bench ab --b boot=uefi --max ${numbers.pilot}`],
    });
  return { ...numbers, ...(iterations === undefined ? {} : { iterations }) };
}

async function readRequest(context: CommandContext): Promise<AbRequest> {
  const [a, b] = [readSide(context, 'a'), readSide(context, 'b')];
  if (JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort()))
    fail('usage.invalid-argument', 'A and B are the same configuration: say with --b what B has otherwise.', {
      next: ['sysmonvm bench ab --b cpus=2', 'sysmonvm bench boot --iterations 10   # one configuration'],
    });
  const { METRICS_DIR: root = '' } = context.env;
  const wishes = judgingWishes(context.flags);
  return {
    ...(root === '' ? {} : { out: resolve(root, 'ab') }),
    ...readBootOptions(context),
    ...readNumbers(context),
    a: await configurationWith(context, a),
    b: await configurationWith(context, b),
    judging: { ...wishes, metrics: wishes.metrics ?? [bootTotal] },
  };
}

export const benchAb: CommandSpec = {
  name: 'bench ab',
  group: 'measure',
  summary: 'Boot two configurations in turns, as often as it takes, and judge B by A',
  description:
    'A is the configuration of the command line with --a laid over it, B with --b. Without --iterations a pilot of both shows how boots spread; from that follows how many a side find a shift of twice the tolerance with 95 % power, and so many are made, at most --max. Turns are blocks of ABBA, so what drifts on the host hits both alike. Each side becomes a result of its own, which bench compare judges again.',
  settings: 'run',
  options: [
    {
      flags: '--a <setting=value>',
      description: `what A has otherwise than the command line says: ${variable.join(', ')}`,
      repeat: true,
      complete: 'none',
    },
    {
      flags: '--b <setting=value>',
      description: 'what B has otherwise; a difference asked for here keeps nothing from being judged',
      repeat: true,
      complete: 'none',
    },
    { flags: '--iterations <count>', description: 'boots a side; no pilot is made' },
    {
      flags: '--pilot <count>',
      description: `boots a side that show the spread, at least ${leastForInterval}; they count (default: ${defaultPilot})`,
    },
    { flags: '--max <count>', description: `most boots a side, whatever the pilot asks for (default: ${defaultMost})` },
    { flags: '--warmup <count>', description: 'boots a side before them that are kept and not counted (default: 0)' },
    metricOption(bootTotal),
    ...judgingOptions,
    {
      flags: '--out <directory>',
      description: 'root of the artifacts (default: `ab` in METRICS_DIR, else in `metrics` of the workspace)',
      complete: 'directory',
    },
    ...bootOptions({ guest: 'the image', timeout: '`lifetime.ready_timeout`' }),
  ],
  examples: [
    {
      command: 'sysmonvm bench ab --image debian-12 --a boot=direct --b boot=uefi',
      what: 'does the firmware cost more than 5 %?',
    },
    {
      command: 'sysmonvm bench ab --image debian-12 --b image=./new.qcow2 --tolerance 3 --max 60',
      what: 'an image by another one, with a finer limit',
    },
    {
      command: 'sysmonvm bench ab --image debian-12 --b cpus=2 --iterations 20 --seed 7',
      what: 'twenty boots a side in an order of its own',
    },
  ],
  exitCodes: {
    1: 'B regressed',
    6: 'no boot was completed',
    10: errorKinds.inconclusive.title.toLowerCase(),
  },
  document: 'bench-ab',
  run: async (context) => {
    const request = await readRequest(context);
    const engine = await context.engine();
    const ab = await engine.boots.ab(request, context.call);
    await context.endProgress();
    context.output.document(abDocument(ab), (width) => abText(ab, width));
    if (ab.runs.every(({ outcome }) => outcome !== 'completed')) return errorKinds.guest.exitCode;
    const { verdict } = ab.comparison;
    if (verdict === 'passed') return 0;
    return verdict === 'regressed' ? errorKinds.negative.exitCode : errorKinds.inconclusive.exitCode;
  },
};
