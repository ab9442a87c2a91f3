import { resolve } from 'node:path';
import type { CommandSpec } from '../../../cli/command-spec.ts';
import { baselineReference } from '../../../core/measure/judging/baseline-reference.ts';
import { baselineDocument, baselineText } from '../../../core/view/baseline-text.ts';
import { baselineDirOption } from './list.ts';

export const benchBaselineShow: CommandSpec = {
  name: 'bench baseline show',
  group: 'measure',
  summary: 'Show what a baseline was measured on, its metrics and who set it before',
  arguments: [{ name: 'tag', description: 'TAG, TAG/ARCH or TAG/ARCH/NAME', required: true, complete: 'none' }],
  options: [baselineDirOption],
  examples: [
    { command: 'sysmonvm bench baseline show v1.0', what: 'the only one of a tag' },
    { command: 'sysmonvm bench baseline show v1.0/x86_64/debian-12 --json', what: 'one of several' },
  ],
  document: 'baseline',
  run: async (context) => {
    const directory = context.flags.text('dir');
    const typed = (context.argument('tag') ?? '').replace(/^tag:/, '');
    const kept = await (await context.engine()).judging.baseline(
      baselineReference(typed),
      directory === undefined ? undefined : resolve(directory),
    );
    context.output.document({ baseline: baselineDocument(kept) }, () => baselineText(kept));
    return 0;
  },
};
