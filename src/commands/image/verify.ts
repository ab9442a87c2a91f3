import type { CommandSpec } from '../../cli/command-spec.ts';
import { errorKinds } from '../../core/errors/kinds.ts';
import { imageVerifyText } from '../../core/view/image-verify-text.ts';
import { archOption, chosenImage, imageArgument } from './image-choice.ts';

export const imageVerify: CommandSpec = {
  name: 'image verify',
  group: 'host',
  summary: 'Read cached images again and check the signatures kept with them, without network',
  description:
    'The bytes are hashed again. Where the checksum file and its signature were kept, the signature is checked again with today’s keys and the digest looked up in what it covers. Without an id, everything in the cache.',
  arguments: [{ ...imageArgument, required: false }],
  options: [
    archOption,
    { flags: '--max-age <days>', description: 'fail when the signature was last asked for longer ago than this' },
  ],
  examples: [
    { command: 'sysmonvm image verify', what: 'everything in the cache' },
    { command: 'sysmonvm image verify almalinux-9 --max-age 90', what: 'a step of a CI job' },
  ],
  document: 'image-verify',
  run: async (context) => {
    const image = chosenImage(context);
    const maxAgeDays = context.flags.integer('maxAge', { min: 0, max: 36_500 });
    const request = { ...(image === undefined ? {} : { image }), ...(maxAgeDays === undefined ? {} : { maxAgeDays }) };
    const images = await (await context.engine()).images.verify(request, context.call);
    await context.endProgress();
    context.output.document({ images }, () => imageVerifyText(images));
    return images.some(({ problem }) => problem !== undefined) ? errorKinds.image.exitCode : 0;
  },
};
