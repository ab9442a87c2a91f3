import type { CommandSpec } from '../../cli/command-spec.ts';
import { errorKinds } from '../../core/errors/kinds.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { imageUpdateText } from '../../core/view/image-update-text.ts';
import { archOption, chosenImage, imageArgument } from './image-choice.ts';

export const imageUpdate: CommandSpec = {
  name: 'image update',
  group: 'host',
  summary: 'Ask the vendors what is newest, check their signatures and write the lock file',
  description:
    'Fetches the checksum file and its signature from the origin, checks them against the pinned key, downloads the image, and only then writes the entry to images.lock.json of the workspace. An image whose check fails keeps its entry. Nothing is ever booted.',
  arguments: [{ ...imageArgument, required: false }],
  options: [
    archOption,
    { flags: '--all', description: 'every image of a vendor, for both architectures' },
    { flags: '--check', description: 'only tell what is behind: nothing is downloaded or written' },
    { flags: '--allow-downgrade', description: 'accept an older build or an older signature than the locked one' },
    { flags: '--lock <file>', description: 'write this lock file instead of the workspace’s', complete: 'file' },
  ],
  examples: [
    { command: 'sysmonvm image update almalinux-9', what: 'check the signature, take the newest build' },
    { command: 'sysmonvm image update --all --check', what: 'a nightly job: which entries are behind?' },
    { command: 'sysmonvm image update --all', what: 'prove every entry against its vendor’s server' },
  ],
  exitCodes: { 1: '--check: something is behind' },
  document: 'image-update',
  run: async (context) => {
    const { flags } = context;
    const image = chosenImage(context);
    if ((image === undefined) !== flags.on('all'))
      fail('usage.invalid-argument', 'Give the id of one image, or --all.', {
        next: ['sysmonvm image update almalinux-9', 'sysmonvm image update --all'],
      });
    const lockFile = flags.text('lock');
    const check = flags.on('check');
    const report = await (await context.engine()).images.update(
      {
        check,
        allowDowngrade: flags.on('allowDowngrade'),
        ...(image === undefined ? {} : { image }),
        ...(lockFile === undefined ? {} : { lockFile }),
      },
      context.call,
    );
    await context.endProgress();
    context.output.document(report, () => imageUpdateText(report));
    if (report.images.some(({ outcome }) => outcome === 'failed')) return errorKinds.image.exitCode;
    return check && report.images.some(({ outcome }) => outcome === 'behind') ? 1 : 0;
  },
};
