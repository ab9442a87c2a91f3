import type { CommandContext } from '../../cli/command-context.ts';
import type { ImageResult } from '../../core/engine.ts';
import { formatBytes } from '../../core/units/size.ts';
import { wantedArch } from './image-choice.ts';

/** Shared by `fetch-image`, `image pull` and `image build`: they differ in their words only. */
export async function fetchAndTell(context: CommandContext, typed: string | undefined): Promise<number> {
  const id = typed ?? (await context.config()).image.value;
  const request = { id, ...wantedArch(context), force: context.flags.on('force') };
  const image = await (await context.engine()).images.pull(request, context.call);
  await context.endProgress();
  context.output.document({ image }, () => imageResultText(image));
  return 0;
}

export function imageResultText(image: ImageResult): string {
  const how = {
    downloaded: 'downloaded',
    built: 'built here',
    cached: 'already in the cache',
    exported: 'copied out of the cache',
    imported: 'copied into the cache',
  }[image.source];
  return `${image.id} for ${image.arch}: ${how}, ${formatBytes(image.sizeBytes)}, trust: ${image.level}\n${image.digest}\n${image.path}\n`;
}
