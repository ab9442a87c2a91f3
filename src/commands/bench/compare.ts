import { resolve } from 'node:path';
import type { CommandSpec } from '../../cli/command-spec.ts';
import { baselinesOption, compareRequest, judgingOptions, metricOption } from '../../cli/judging-options.ts';
import { resultReference } from '../../cli/result-reference.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { comparisonText } from '../../core/view/comparison-text.ts';

export const benchCompare: CommandSpec = {
  name: 'bench compare',
  group: 'measure',
  summary: 'Compare two results metric by metric: interval, significance, limit, verdict',
  description:
    'Each side is a result file (JSON or YAML), a directory of them, or tag:TAG for a baseline. The exit code is 0 whatever the verdict; `bench gate` ends with it, and keeps the comparison for `bench history`; here --keep does.',
  arguments: [
    { name: 'baseline', description: 'what is compared with', required: true, complete: 'file' },
    { name: 'current', description: 'what is judged', required: true, complete: 'file' },
  ],
  options: [
    metricOption('all'),
    ...judgingOptions,
    baselinesOption,
    { flags: '--keep', description: 'keep the comparison beside the current result, for `bench history`' },
  ],
  examples: [
    { command: 'sysmonvm bench compare before.json after.json', what: 'a table and the deciding sentence' },
    { command: 'sysmonvm bench compare tag:v1.0 perf_results --json', what: 'everything, for a report' },
    {
      command: 'sysmonvm bench compare a.json b.json --tolerance 5 --tolerance boot_kernel=10',
      what: 'limits for all and for one metric',
    },
  ],
  document: 'comparison',
  run: async (context) => {
    const { flags, output } = context;
    const baseline = resultReference(context.argument('baseline') ?? '');
    const current = resultReference(context.argument('current') ?? '');
    const { judging } = await context.engine();
    const { comparison } = await judging.compare(compareRequest(flags, baseline, current), context.call);
    await context.endProgress();
    output.document(comparison, (width) => comparisonText(comparison, width));
    if (!flags.on('keep')) return 0;
    const kept =
      current.kind === 'path' ? await judging.keep({ comparison, result: resolve(current.path) }) : undefined;
    if (kept === undefined)
      fail('usage.invalid-argument', `--keep: ${comparison.current.source} is not a result file of a history.`, {
        details: { current: comparison.current.source },
        next: ['sysmonvm bench compare BASELINE metrics/GUEST/ARCH/results/RUN.json --keep'],
      });
    output.note(`kept: ${kept}`);
    return 0;
  },
};
