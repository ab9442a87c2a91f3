import { resolve } from 'node:path';
import type { CommandContext } from '../../../cli/command-context.ts';
import type { CommandSpec } from '../../../cli/command-spec.ts';
import { requiredFlag } from '../../../cli/judging-options.ts';
import { fail } from '../../../core/errors/sysmonvm-error.ts';
import { baselineDocument, baselineText } from '../../../core/view/baseline-text.ts';

const name = 'bench baseline set';
const ofTag = ['tag', 'from', 'by', 'name', 'dir', 'replace'];
const ofAverage = ['summary', 'out', 'arch'];

export const benchBaselineSet: CommandSpec = {
  name,
  group: 'measure',
  summary: 'Make a result the baseline of a tag, with who, when and why',
  description:
    'Writes DIR/TAG/ARCH/NAME.json, a file for version control that later results of the same hardware are judged by. With --summary and --out it writes the older form instead: one average, tied to nothing.',
  options: [
    { flags: '--tag <tag>', description: 'release or branch that it stands for' },
    { flags: '--from <path>', description: 'result file or directory', complete: 'file' },
    { flags: '--reason <text>', description: 'why this is what others are judged by; with --summary the note' },
    { flags: '--by <who>', description: 'who decides it (default: the user of git, else of the system)' },
    { flags: '--name <name>', description: 'default: the guest, or of workloads GUEST-workloads' },
    { flags: '--dir <path>', description: 'default: baselines of the workspace', complete: 'directory' },
    { flags: '--replace', description: 'replace the baseline that is there; who set it stays on record' },
    { flags: '--summary <file>', description: 'summary.json whose average becomes the baseline', complete: 'file' },
    { flags: '--out <file>', description: 'where the average goes', complete: 'file' },
    { flags: '--arch <arch>', description: 'architecture that the summary has to be of' },
  ],
  examples: [
    {
      command: 'sysmonvm bench baseline set --tag v1.0 --from result.json --reason "release 1.0"',
      what: 'from a result with its samples',
    },
    {
      command: 'sysmonvm bench baseline set --arch i386 --summary summary.json --out baseline.json',
      what: 'one average, for `bench gate --baseline-json`',
    },
  ],
  document: 'baseline-set',
  run: async (context) => {
    const { flags } = context;
    const average = flags.text('summary') !== undefined || flags.text('out') !== undefined;
    const foreign = (average ? ofTag : ofAverage).find((key) => flags.values[key] !== undefined);
    if (foreign !== undefined) {
      const form = average ? '--summary FILE --out FILE' : '--tag TAG --from RESULT';
      fail('usage.invalid-argument', `sysmonvm ${name}: --${foreign} does not go with ${form}.`, {
        next: [`sysmonvm ${name} --help`],
      });
    }
    return average ? setAverage(context) : setTag(context);
  },
};

async function setTag(context: CommandContext): Promise<number> {
  const { flags, env, output } = context;
  const request = {
    tag: requiredFlag(flags, 'tag', '--tag', name),
    from: requiredFlag(flags, 'from', '--from', name),
    reason: requiredFlag(flags, 'reason', '--reason', name),
    replace: flags.on('replace'),
  };
  const [by, ownName, directory] = [flags.text('by'), flags.text('name'), flags.text('dir')];
  const user = env['USER'] ?? env['LOGNAME'];
  const kept = await (await context.engine()).judging.setBaseline(
    {
      ...request,
      ...(by === undefined ? {} : { by }),
      ...(user === undefined ? {} : { user }),
      ...(ownName === undefined ? {} : { name: ownName }),
      ...(directory === undefined ? {} : { directory: resolve(directory) }),
    },
    context.call,
  );
  await context.endProgress();
  output.document({ baseline: baselineDocument(kept) }, () => baselineText(kept));
  return 0;
}

async function setAverage(context: CommandContext): Promise<number> {
  const { flags, output } = context;
  const [arch, note] = [flags.text('arch'), flags.text('reason')];
  const average = await (await context.engine()).judging.writeAverage(
    {
      summary: requiredFlag(flags, 'summary', '--summary', name),
      out: resolve(requiredFlag(flags, 'out', '--out', name)),
      ...(arch === undefined ? {} : { arch }),
      ...(note === undefined ? {} : { note }),
    },
    context.call,
  );
  await context.endProgress();
  output.document({ average }, () => `${average.path}: ${average.avgMs} ms (${average.note})\n`);
  return 0;
}
