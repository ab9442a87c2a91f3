import type { CommandSpec } from '../../cli/command-spec.ts';
import { imageResultText } from './fetch.ts';
import { archOption, imageArgument, requiredImage } from './image-choice.ts';

export const imageExport: CommandSpec = {
  name: 'image export',
  group: 'host',
  summary: 'Copy a cached image with what vouches for it into a directory',
  description:
    'For a machine without network: carry the directory there and run `image import`. It holds the bytes, the checksum file and the signature.',
  arguments: [
    imageArgument,
    { name: 'directory', description: 'directory to make', required: true, complete: 'directory' },
  ],
  options: [archOption],
  examples: [
    { command: 'sysmonvm image export almalinux-9 /media/stick/almalinux-9', what: 'onto a stick' },
    { command: 'sysmonvm image export fedora-44 ./out --arch aarch64', what: 'one for the other architecture' },
  ],
  document: 'image',
  run: async (context) => {
    const directory = context.argument('directory') ?? '';
    const image = await (await context.engine()).images.export(requiredImage(context), directory, context.call);
    await context.endProgress();
    context.output.document({ image }, () => imageResultText(image));
    return 0;
  },
};
