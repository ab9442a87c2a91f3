import type { CommandSpec } from '../../cli/command-spec.ts';
import { removalText } from '../../core/view/removal-text.ts';
import { archOption, imageArgument, requiredImage } from './image-choice.ts';

export const imageRemove: CommandSpec = {
  name: 'image remove',
  group: 'host',
  summary: 'Take an entry out of the lock file of the workspace',
  description:
    'Of a shipped image this removes its update only: the shipped entry counts again. The bytes stay in the cache until `image prune`.',
  arguments: [imageArgument],
  options: [{ ...archOption, description: 'only this architecture (default: all that the workspace has)' }],
  examples: [
    { command: 'sysmonvm image remove my-disk', what: 'an image that was added' },
    { command: 'sysmonvm image remove almalinux-9 --arch x86_64', what: 'back to the shipped build' },
  ],
  document: 'removals',
  run: async (context) => {
    const removals = await (await context.engine()).images.remove(requiredImage(context), context.call);
    await context.endProgress();
    context.output.document({ dryRun: false, removals }, () => `Removed:\n${removalText(removals)}`);
    return 0;
  },
};
