import type { Origin } from '../config/vm-config.ts';

/** Where a value came from, in the words that `plan --explain` shows. */
export function originText(origin: Origin): string {
  switch (origin.from) {
    case 'default':
      return 'default';
    case 'file':
      return `${origin.field} in ${origin.path}, line ${origin.line}`;
    case 'env':
      return `variable ${origin.name}`;
    case 'flag':
      return `asked for with ${origin.name}`;
  }
}
