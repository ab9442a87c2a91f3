import type { CodeEntry } from './kinds.ts';

/** One code for each way in which a key, a signature or a list of digests can fail to vouch for an image. */
export const imageTrustCodes = {
  'image.key-unknown': {
    kind: 'image',
    cause: 'No key has this id, neither among the shipped ones nor in the workspace.',
    remedy: 'Add the key with its fingerprint, or name one of those in the error.',
  },
  'image.key-mismatch': {
    kind: 'image',
    cause: 'The signature was made by another key than the one that is pinned for this image.',
    remedy: 'Do not use the image. A vendor that changes its key announces it; wait for a release that knows it.',
  },
  'image.key-fingerprint': {
    kind: 'image',
    cause: 'The key file or the lock file does not hold the key whose fingerprint is pinned.',
    remedy: 'Install sysmonvm again; for a key of your own, compare the fingerprint with the one its owner publishes.',
  },
  'image.key-expired': {
    kind: 'image',
    cause: 'The key has expired. Signatures made before that do not count either: a stolen key can date them back.',
    remedy: 'Fetch the renewed certificate, if the vendor has published one for the same key.',
  },
  'image.key-revoked': {
    kind: 'image',
    cause: 'The owner of the key has declared it invalid.',
    remedy: 'Do not use images signed by it. Wait for a release with the new key.',
  },
  'image.key-weak': {
    kind: 'image',
    cause: 'The key is too short, of an algorithm that is not accepted, or certified with SHA-1 only.',
    remedy: 'Use a certificate of the same key with a stronger self-signature, if the vendor publishes one.',
  },
  'image.key-private': {
    kind: 'image',
    cause: 'The file holds a private key. Only public keys belong here.',
    remedy: 'Export the public key and give that; keep the private one where nobody else reads it.',
  },
  'image.key-unreadable': {
    kind: 'image',
    cause: 'The file holds no OpenPGP key that can be read (version 4).',
    remedy: 'Give the public key as it is published, armored or binary.',
  },
  'image.signature-missing': {
    kind: 'image',
    cause: 'A signature is required for this image, and the vendor does not serve one.',
    remedy: 'Try again later. An image that should be signed is never accepted without its signature.',
  },
  'image.signature-bad': {
    kind: 'image',
    cause:
      'The signature does not belong to this file: the file or the signature was changed, or they are of two days.',
    remedy: 'Try again in an hour, since vendors upload the two one after the other; if it stays so, tell the vendor.',
  },
  'image.signature-weak-hash': {
    kind: 'image',
    cause: 'The signature uses a hash that can be forged or is not allowed for this key (MD5, SHA-1, SHA-224).',
    remedy: 'Choose a newer build whose signature uses SHA-256 or better.',
  },
  'image.signature-unsupported': {
    kind: 'image',
    cause: 'The signature has a packet version that is not accepted from this vendor, or there is none in the file.',
    remedy: 'Do not use the image; nothing was verified.',
  },
  'image.signature-type': {
    kind: 'image',
    cause: 'The signature is of another type than this vendor makes: text for binary, clearsigned for detached.',
    remedy: 'Do not use the image; look at the URL of the signature.',
  },
  'image.signature-time': {
    kind: 'image',
    cause: 'The signature is dated in the future or before its key was made, or it has expired.',
    remedy: 'Check the clock of this host first.',
  },
  'image.clearsign-malformed': {
    kind: 'image',
    cause: 'The clearsigned file is not exactly one signed document.',
    remedy: 'Do not use it. Text outside of the signed part counts for nothing.',
  },
  'image.checksums-malformed': {
    kind: 'image',
    cause: 'The list of digests has a line that is not of the form this vendor writes, or contradicts itself.',
    remedy: 'Look at the URL: error pages and half-written files are served under such names. Try again later.',
  },
  'image.bad-name': {
    kind: 'image',
    cause: 'A list of digests names a file in a way that no genuine file is named: a path, a control character.',
    remedy: 'Do not use the list; tell the vendor.',
  },
  'image.not-listed': {
    kind: 'image',
    cause: 'The list of digests has no file that is this image for this architecture.',
    remedy: 'Try again later; a build may be half published. If the vendor renames its files, wait for a release.',
  },
  'image.ambiguous': {
    kind: 'image',
    cause: 'More than one file of the list could be this image.',
    remedy: 'Name one build exactly. None is chosen by guessing.',
  },
  'image.rollback': {
    kind: 'image',
    cause: 'What the vendor serves is older than what the lock file has. Old images have known holes.',
    remedy: 'Wait for the vendor; go back on purpose with `--allow-downgrade`.',
  },
  'image.mutated': {
    kind: 'image',
    cause: 'A file that never changes, by its dated name, has another digest or size than before.',
    remedy: 'Do not use it. No option accepts this; tell the vendor.',
  },
  'image.stale': {
    kind: 'image',
    cause: 'The image was last compared with the vendor longer ago than is allowed here.',
    remedy: 'Run `image update` with network. A vendor whose files never change may be kept from you.',
  },
} as const satisfies Record<string, CodeEntry>;
