import type { Verified } from '../image-operations.ts';

const byteWords = { right: 'bytes right', 'not-cached': 'not in the cache', wrong: 'BYTES WRONG' };
const signatureWords = {
  good: 'signature good',
  bad: 'SIGNATURE NOT GOOD',
  'not-kept': 'signature not kept, not checked now',
  none: 'no signature',
};

export function imageVerifyText(images: readonly Verified[]): string {
  if (images.length === 0) return 'Nothing in the cache.\n';
  return images.map(lineOf).join('');
}

function lineOf(image: Verified): string {
  const stale = image.stale ? `, stale: asked ${image.verifiedDaysAgo ?? '?'} days ago` : '';
  const signer = image.signer === undefined ? '' : ` (${image.signer.key}, ${image.signer.created ?? '?'})`;
  const head = `${image.id} for ${image.arch}: ${byteWords[image.bytes]}, ${signatureWords[image.signature]}${signer}, trust: ${image.level}${stale}\n`;
  return image.problem === undefined ? head : `${head}  [${image.problem.code}] ${image.problem.message}\n`;
}
