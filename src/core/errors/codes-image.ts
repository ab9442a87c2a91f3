import type { CodeEntry } from './kinds.ts';

/** Finding, downloading and keeping images; whose signature counts is in codes-image-trust.ts. */
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
  'image.size-mismatch': {
    kind: 'image',
    cause: 'The file is shorter or longer than the lock file says, or unpacks to more than is allowed.',
    remedy: 'The file was discarded. Try again; if it stays so, do not use that source.',
  },
  'image.download-failed': {
    kind: 'image',
    cause: 'The image could not be downloaded.',
    remedy: 'Check the network, or use the image that is built here: `--image debian-12`.',
  },
  'image.not-found': {
    kind: 'image',
    cause: 'The vendor no longer has this file (404 or 410). Dated images are removed after a while.',
    remedy: 'Look for a newer build with `image update`. No other name is tried in its place.',
  },
  'image.redirect-refused': {
    kind: 'image',
    cause:
      'The server sent us to a place that the lock file does not allow: another host, plain http, a user in the URL.',
    remedy: 'Nothing was taken from there. If the vendor has moved, the lock file has to name the new host.',
  },
  'image.encoding-refused': {
    kind: 'image',
    cause: 'The server sent the file with a content encoding, so that size and bytes are not those of the file.',
    remedy: 'Use another mirror, or have the proxy in between deliver files unchanged.',
  },
  'image.too-large': {
    kind: 'image',
    cause: 'A file of the vendor is larger than any genuine one: a list of digests, a signature, a line, an image.',
    remedy: 'Nothing was kept. Look at the URL in a browser; it may show a page instead of the file.',
  },
  'image.offline': {
    kind: 'image',
    cause: 'The network was forbidden (`--offline`) or there is none, and what is needed is not on this host.',
    remedy: 'Run again with network, or bring the image over from another machine with export and import.',
  },
  'image.not-cached': {
    kind: 'image',
    cause: 'The image is not in the cache.',
    remedy: 'Fetch it: `sysmonvm fetch-image --image ID`.',
  },
  'image.in-use': {
    kind: 'image',
    cause: 'A VM has its disk on top of this image.',
    remedy: 'Destroy the VMs named in the error first.',
  },
  'image.lock-invalid': {
    kind: 'config',
    cause: 'An image lock file does not follow its schema, or a workspace entry would weaken a shipped one.',
    remedy:
      'The message names the entry and the field. Correct the lock file of the workspace; for the shipped one, install sysmonvm again.',
  },
  'image.id-reserved': {
    kind: 'image',
    cause: 'The id belongs to an image or a key that comes with sysmonvm.',
    remedy: 'Choose another id.',
  },
  'image.unsafe-base': {
    kind: 'image',
    cause: 'The image refers to other files (backing file, external data) or is not in the expected format.',
    remedy: 'Use an image that stands alone.',
  },
} as const satisfies Record<string, CodeEntry>;
