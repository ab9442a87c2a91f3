import type { CommandSpec } from '../cli/command-spec.ts';
import { fetchAndTell } from './image/fetch.ts';
import { archOption } from './image/image-choice.ts';

/** The older name of `image pull`. */
export const fetchImage: CommandSpec = {
  name: 'fetch-image',
  group: 'host',
  summary: 'Put an image into the cache: download it, or build it here',
  description:
    'The digest is checked while the bytes arrive; an image that does not match is discarded. Images of kind "local" (debian-12, tiny) are built from the signed APT sources of this host, without a download of an image.',
  options: [
    { flags: '--image <id>', description: 'image id (default: `image.id` of the configuration)', complete: 'image' },
    archOption,
    { flags: '--force', description: 'fetch or build again although it is cached' },
  ],
  examples: [
    { command: 'sysmonvm fetch-image', what: 'the image of the configuration' },
    { command: 'sysmonvm fetch-image --image debian-12', what: 'build Debian 12 here' },
    {
      command: 'sysmonvm fetch-image --image tiny --arch aarch64',
      what: 'the small test guest of the other architecture',
    },
  ],
  document: 'image',
  run: (context) => fetchAndTell(context, context.flags.text('image')),
};
