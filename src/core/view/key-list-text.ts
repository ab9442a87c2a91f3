import type { KeyFacts } from '../image-operations.ts';

/** Fingerprints in full: they are what a person compares. */
export function keyListText(keys: readonly KeyFacts[]): string {
  if (keys.length === 0) return 'No keys.\n';
  return keys.map(partOf).join('');
}

function partOf(key: KeyFacts): string {
  const state =
    key.refused === undefined
      ? `usable${key.expires === undefined ? '' : ` until ${key.expires}`}`
      : `refused now: [${key.refused.code}] ${key.refused.message}`;
  return [
    `${key.id}${key.origin === 'workspace' ? ' (your key)' : ''}`,
    `  ${key.fingerprint}`,
    ...(key.userId === undefined ? [] : [`  ${key.userId}`]),
    `  ${state}`,
    `  signs: ${key.images.join(', ') || 'nothing yet'}`,
    '',
  ].join('\n');
}
