import type { CommandSpec } from '../../cli/command-spec.ts';
import { imageListText } from '../../core/view/image-list-text.ts';

export const imageList: CommandSpec = {
  name: 'image list',
  group: 'host',
  summary: 'Show the images that can be booted and how far each is trusted',
  options: [{ flags: '--cached', description: 'only those that are in the cache' }],
  examples: [
    { command: 'sysmonvm image list', what: 'all of them' },
    { command: 'sysmonvm image list --cached --json', what: 'what is here, for a script' },
  ],
  document: 'image-list',
  run: async (context) => {
    const all = await (await context.engine()).images.list(context.call);
    const images = context.flags.on('cached') ? all.filter((image) => image.cached !== undefined) : all;
    await context.endProgress();
    context.output.document({ images }, () => imageListText(images));
    return 0;
  },
};
