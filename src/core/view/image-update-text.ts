import type { Updated, UpdateReport } from '../image-operations.ts';

const words = {
  current: 'current',
  verified: 'current, and its signature is checked now',
  behind: 'behind',
  updated: 'updated',
  'not-checkable': 'nothing to check',
  failed: 'FAILED, entry kept',
};

export function imageUpdateText({ images, check, lockFile }: UpdateReport): string {
  const end =
    lockFile === undefined
      ? check
        ? 'Nothing was written.\n'
        : 'The lock file stays as it was.\n'
      : `Wrote ${lockFile}.\n`;
  return `${images.map(partOf).join('')}${end}`;
}

function partOf(image: Updated): string {
  const lines = [
    `${image.id} for ${image.arch}: ${words[image.outcome]}, trust: ${image.level}`,
    ...(image.problem === undefined ? [] : [`  [${image.problem.code}] ${image.problem.message}`]),
    ...(image.reason === undefined ? [] : [`  ${image.reason}`]),
    ...image.changes.flatMap(({ field, from, to }) => [`  - ${field}: ${from}`, `  + ${field}: ${to}`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
