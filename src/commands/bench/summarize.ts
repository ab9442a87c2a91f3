import { resolve } from 'node:path';
import type { CommandSpec } from '../../cli/command-spec.ts';
import { summaryText } from '../../core/view/artifact-text.ts';

export const benchSummarize: CommandSpec = {
  name: 'bench summarize',
  group: 'measure',
  summary: 'Make summary.json from every run that a directory keeps',
  description:
    'Reads runs/*/boot_time.json of the directory of one guest and architecture and writes summary.json beside them, as `bench boot` does at its end. Boots without a duration are counted and are no value.',
  arguments: [{ name: 'directory', description: 'the one that has "runs"', required: true, complete: 'directory' }],
  options: [],
  examples: [
    { command: 'sysmonvm bench summarize metrics/debian-12/x86_64', what: 'after runs were added or taken away' },
    { command: 'sysmonvm bench summarize metrics/debian-12/x86_64 --json', what: 'the same for a program' },
  ],
  document: 'bench-summarize',
  run: async (context) => {
    const { artifacts } = await context.engine();
    const summarized = await artifacts.summarize(resolve(context.argument('directory') ?? ''));
    await context.endProgress();
    context.output.document({ ...summarized }, () => summaryText(summarized));
    return 0;
  },
};
