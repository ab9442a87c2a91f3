import type { BootProof } from '../measure/media-operations.ts';

export function bootProofText({ log, found, failure, tables }: BootProof): string {
  const said = failure === undefined ? [] : [`it said: ${failure}`];
  if (found === undefined)
    return [`${log}: no sign that the guest came up (looked for by: ${tables.join(', ')})`, ...said].join('\n');
  return [`${log}:${found.line}: the guest came up: ${found.marker} of ${found.table}: ${found.text}`, ...said].join(
    '\n',
  );
}
