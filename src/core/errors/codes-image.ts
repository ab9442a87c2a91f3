import type { CodeEntry } from './kinds.ts';

export const imageCodes = {
  'image.unknown': {
    kind: 'image',
    cause: 'The lock file has no image of this id and architecture.',
    remedy: '`sysmonvm fetch-image --help` names the ids; images.lock.json holds them.',
  },
  'image.digest-mismatch': {
    kind: 'image',
    cause: 'The bytes received or cached are not the ones that the lock file names.',
    remedy: 'The file was discarded. Try again; if it stays so, do not use that source.',
  },
  'image.download-failed': {
    kind: 'image',
    cause: 'The image could not be downloaded.',
    remedy: 'Check the network, or use the image that is built here: `--image debian-12`.',
  },
  'image.not-cached': {
    kind: 'image',
    cause: 'The image is not in the cache.',
    remedy: 'Fetch it: `sysmonvm fetch-image --image ID`.',
  },
  'image.lock-invalid': {
    kind: 'config',
    cause: 'images.lock.json does not follow its schema.',
    remedy: 'Install sysmonvm again; the message names the entry and the field.',
  },
  'image.unsafe-base': {
    kind: 'image',
    cause: 'The image refers to other files (backing file, external data) or is not in the expected format.',
    remedy: 'Use an image that stands alone.',
  },
} as const satisfies Record<string, CodeEntry>;
