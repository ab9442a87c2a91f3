import type { CommandSpec } from '../../../cli/command-spec.ts';
import { removalText } from '../../../core/view/removal-text.ts';

export const imageKeyRemove: CommandSpec = {
  name: 'image key remove',
  group: 'host',
  summary: 'Stop trusting a key of yours',
  description: 'Refused while an image of the workspace names it.',
  arguments: [
    { name: 'id', description: 'id of the key, as `image key list` shows it', required: true, complete: 'none' },
  ],
  examples: [
    { command: 'sysmonvm image key remove my-key', what: 'a key that was added' },
    { command: 'sysmonvm image key remove my-key --json', what: 'for a script' },
  ],
  document: 'removals',
  run: async (context) => {
    const removals = await (await context.engine()).images.removeKey(context.argument('id') ?? '', context.call);
    await context.endProgress();
    context.output.document({ dryRun: false, removals }, () => `Removed:\n${removalText(removals)}`);
    return 0;
  },
};
