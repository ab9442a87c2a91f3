import type { CommandSpec } from '../../cli/command-spec.ts';
import { fetchAndTell } from './fetch.ts';
import { archOption, imageArgument } from './image-choice.ts';

export const imagePull: CommandSpec = {
  name: 'image pull',
  group: 'host',
  summary: 'Put an image into the cache: download it, or build it here',
  description:
    'The same as `fetch-image`. Only the lock file decides which bytes are accepted; every mirror is held to the same digest. An interrupted download goes on where it ended.',
  arguments: [{ ...imageArgument, description: 'id (default: `image.id` of the configuration)', required: false }],
  options: [archOption, { flags: '--force', description: 'fetch or build again although it is cached' }],
  examples: [
    { command: 'sysmonvm image pull', what: 'the image of the configuration' },
    { command: 'sysmonvm image pull fedora-44 --arch aarch64', what: 'one for the other architecture' },
  ],
  document: 'image',
  run: (context) => fetchAndTell(context, context.argument('id')),
};
