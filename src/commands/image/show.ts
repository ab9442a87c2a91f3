import type { CommandSpec } from '../../cli/command-spec.ts';
import { imageShowText } from '../../core/view/image-show-text.ts';
import { archOption, imageArgument, requiredImage } from './image-choice.ts';

export const imageShow: CommandSpec = {
  name: 'image show',
  group: 'host',
  summary: 'Tell how far the bytes of an image can be trusted, and why',
  description:
    'Origin, digest, who may sign and who signed, when that was checked and by what, how old it is, and what would raise the level. Reads the lock files, the keys and the cache; asks no server.',
  arguments: [imageArgument],
  options: [archOption],
  examples: [
    { command: 'sysmonvm image show almalinux-9', what: 'the default image' },
    { command: 'sysmonvm image show fedora-44 --arch aarch64 --json', what: 'for a script' },
  ],
  document: 'image-page',
  run: async (context) => {
    const image = await (await context.engine()).images.show(requiredImage(context), context.call);
    await context.endProgress();
    context.output.document({ image }, () => imageShowText(image));
    return 0;
  },
};
