import type { CommandSpec } from '../../cli/command-spec.ts';
import { imageResultText } from './fetch.ts';

export const imageImport: CommandSpec = {
  name: 'image import',
  group: 'host',
  summary: 'Put an exported image into the cache of this machine, without network',
  description:
    'Nothing in the directory is believed: the digest has to be one of this machine’s lock files, and the signature is checked again with the keys of this machine.',
  arguments: [
    { name: 'path', description: 'directory that `image export` made', required: true, complete: 'directory' },
  ],
  examples: [
    { command: 'sysmonvm image import /media/stick/almalinux-9', what: 'from a stick' },
    { command: 'sysmonvm image import ./out --offline --json', what: 'for a script' },
  ],
  document: 'image',
  run: async (context) => {
    const image = await (await context.engine()).images.import(context.argument('path') ?? '', context.call);
    await context.endProgress();
    context.output.document({ image }, () => imageResultText(image));
    return 0;
  },
};
