import { fail } from '../../errors/sysmonvm-error.ts';
import type { BaselineReference } from '../judging-operations.ts';

const safeName = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/;

/** `TAG`, `TAG/ARCH` or `TAG/ARCH/NAME`. Each becomes a part of a path, so nothing else may be in it. */
export function baselineReference(text: string): BaselineReference {
  const [tag = '', arch, name, ...more] = text.split('/');
  if (more.length > 0) refuseName('tag', text);
  return {
    tag: safePart('tag', tag),
    ...(arch === undefined ? {} : { arch: safePart('architecture', arch) }),
    ...(name === undefined ? {} : { name: safePart('name', name) }),
  };
}

/** @throws usage.invalid-argument */
export function safePart(what: string, text: string): string {
  return safeName.test(text) ? text : refuseName(what, text);
}

function refuseName(what: string, text: string): never {
  return fail(
    'usage.invalid-argument',
    `The ${what} of a baseline is "${text}"; it may have letters, digits and . _ + -, and begins with a letter or digit.`,
    { details: { [what]: text } },
  );
}

export const referenceText = ({ tag, arch, name }: BaselineReference): string =>
  `tag:${[tag, arch, name].filter((part) => part !== undefined).join('/')}`;
