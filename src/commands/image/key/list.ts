import type { CommandSpec } from '../../../cli/command-spec.ts';
import { keyListText } from '../../../core/view/key-list-text.ts';

export const imageKeyList: CommandSpec = {
  name: 'image key list',
  group: 'host',
  summary: 'Show the keys that may sign images, and whether each can be used now',
  examples: [
    { command: 'sysmonvm image key list', what: 'shipped keys and yours' },
    { command: 'sysmonvm image key list --json', what: 'for a script' },
  ],
  document: 'image-keys',
  run: async (context) => {
    const keys = await (await context.engine()).images.keys(context.call);
    await context.endProgress();
    context.output.document({ keys }, () => keyListText(keys));
    return 0;
  },
};
