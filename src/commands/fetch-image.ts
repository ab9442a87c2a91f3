import type { CommandSpec } from '../cli/command-spec.ts';
import { invalidFlag } from '../cli/flags.ts';
import { type GuestArch, guestArchs } from '../core/host-facts.ts';
import { formatBytes } from '../core/units/size.ts';

function wantedArch(text: string | undefined): GuestArch | undefined {
  if (text === undefined) return undefined;
  return guestArchs.find((arch) => arch === text) ?? invalidFlag('arch', text, guestArchs.join(' or '));
}

export const fetchImage: CommandSpec = {
  name: 'fetch-image',
  group: 'host',
  summary: 'Put an image into the cache: download it, or build it here',
  description:
    'The digest is checked while the bytes arrive; an image that does not match is discarded. Images of kind "local" (debian-12, tiny) are built from the signed APT sources of this host, without a download of an image.',
  options: [
    { flags: '--image <id>', description: 'image id (default: `image.id` of the configuration)', complete: 'image' },
    { flags: '--arch <arch>', description: 'architecture (default: the host’s)', choices: ['x86_64', 'aarch64'] },
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
  run: async (context) => {
    const { flags, output } = context;
    const id = flags.text('image') ?? (await context.config()).image.value;
    const arch = wantedArch(flags.text('arch'));
    const request = { id, ...(arch === undefined ? {} : { arch }), force: flags.on('force') };
    const image = await (await context.engine()).fetchImage(request, context.call);
    await context.endProgress();
    output.document({ image }, () => {
      const how = { downloaded: 'downloaded', built: 'built here', cached: 'already in the cache' }[image.source];
      return `${image.id} for ${image.arch}: ${how}, ${formatBytes(image.sizeBytes)}, trust: ${image.level}\n${image.digest}\n${image.path}\n`;
    });
    return 0;
  },
};
