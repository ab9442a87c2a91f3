import type { CommandContext } from '../../cli/command-context.ts';
import type { ArgumentSpec, OptionSpec } from '../../cli/command-spec.ts';
import { invalidFlag } from '../../cli/flags.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { type GuestArch, guestArchs } from '../../core/host-facts.ts';
import type { ImageChoiceOf } from '../../core/image-operations.ts';

export const imageArgument: ArgumentSpec = {
  name: 'id',
  description: 'id of the image, as `image list` shows it',
  required: true,
  complete: 'image',
};

export const archOption: OptionSpec = {
  flags: '--arch <arch>',
  description: 'architecture (default: the host’s)',
  choices: ['x86_64', 'aarch64'],
};

export function wantedArch(context: CommandContext): { readonly arch?: GuestArch } {
  const text = context.flags.text('arch');
  if (text === undefined) return {};
  return { arch: guestArchs.find((arch) => arch === text) ?? invalidFlag('arch', text, guestArchs.join(' or ')) };
}

/** undefined: no id was given. */
export function chosenImage(context: CommandContext): ImageChoiceOf | undefined {
  const id = context.argument('id');
  if (id !== undefined) return { id, ...wantedArch(context) };
  if (context.flags.text('arch') !== undefined)
    fail('usage.invalid-argument', '--arch needs the id of an image.', { next: ['sysmonvm image list'] });
  return undefined;
}

export function requiredImage(context: CommandContext): ImageChoiceOf {
  return (
    chosenImage(context) ??
    fail('usage.invalid-argument', 'The id of an image is missing.', { next: ['sysmonvm image list'] })
  );
}
