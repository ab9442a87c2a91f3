import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { GuestArch } from '../../core/host-facts.ts';
import type { BadImage } from './image-store.ts';

/** It was removed already. */
export function badImage(
  { id, arch }: { readonly id: string; readonly arch?: GuestArch },
  bad: BadImage,
): SysmonvmError {
  const label = arch === undefined ? id : `${id} (${arch})`;
  const next = [`sysmonvm image pull ${id}`];
  const { path } = bad;
  if (bad.state === 'planted')
    return new SysmonvmError(
      'image.unsafe-base',
      `The cached image ${label} is not used: ${path} is ${bad.what}, so that it can be changed from elsewhere. It was removed.`,
      { details: { id, arch, path, found: bad.what }, next },
    );
  const { expected, found } = bad;
  return new SysmonvmError(
    'image.digest-mismatch',
    `The cached image ${label} was changed after it was verified: ${path} is ${found} and should be ${expected}. It was removed.`,
    { details: { id, arch, path, expected, found }, next },
  );
}
