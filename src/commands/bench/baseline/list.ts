import { resolve } from 'node:path';
import type { CommandSpec, OptionSpec } from '../../../cli/command-spec.ts';
import { baselineDocument, baselineListTable } from '../../../core/view/baseline-text.ts';

export const baselineDirOption: OptionSpec = {
  flags: '--dir <path>',
  description: 'directory of the baselines (default: baselines of the workspace)',
  complete: 'directory',
};

export const benchBaselineList: CommandSpec = {
  name: 'bench baseline list',
  group: 'measure',
  summary: 'List the baselines, who set them, when and why',
  options: [baselineDirOption],
  examples: [
    { command: 'sysmonvm bench baseline list', what: 'those of the workspace' },
    { command: 'sysmonvm bench baseline list --dir test/performance/baselines --json', what: 'those of a repository' },
  ],
  document: 'baseline-list',
  run: async (context) => {
    const directory = context.flags.text('dir');
    const kept = await (await context.engine()).judging.baselines(
      directory === undefined ? undefined : resolve(directory),
    );
    context.output.document({ baselines: kept.map(baselineDocument) }, () =>
      kept.length === 0 ? '' : baselineListTable(kept),
    );
    if (kept.length === 0 && !context.output.json)
      context.output.note(
        'No baseline yet. Make one: sysmonvm bench baseline set --tag TAG --from RESULT --reason TEXT',
      );
    return 0;
  },
};
