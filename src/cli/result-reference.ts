import { baselineReference } from '../core/measure/judging/baseline-reference.ts';
import type { ResultReference } from '../core/measure/judging-operations.ts';

/** A file, a directory, or `tag:TAG[/ARCH[/NAME]]`. @throws usage.invalid-argument */
export function resultReference(text: string): ResultReference {
  if (text.startsWith('tag:')) return { kind: 'tag', ...baselineReference(text.slice('tag:'.length)) };
  return { kind: 'path', path: text };
}
