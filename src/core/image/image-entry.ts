import { z } from 'zod';

/** One allow-list for names of files from outside: no separators, no leading dash or dot, ASCII only. */
export const fileNamePattern = /^[A-Za-z0-9_][A-Za-z0-9._+~@=,-]{0,254}$/;

const hashNames = ['sha256', 'sha384', 'sha512'] as const;
const hex = (length: number) => z.string().regex(new RegExp(`^[0-9a-f]{${length}}$`), `is not ${length} hex digits`);
const sha256 = hex(64);
const fileName = z.string().regex(fileNamePattern, 'is not a plain file name');
const httpsUrl = z
  .url({ protocol: /^https$/, error: 'is not an https URL' })
  .refine((text) => URL.canParse(text) && new URL(text).username === '' && new URL(text).password === '', {
    error: 'names a user',
  });
const hostName = z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?$/, 'is not a host name');

const namePattern = z
  .string()
  .max(256)
  .refine((text) => /\(\?<(version|build)>/.test(text) && isPattern(text), {
    error: 'is not a regular expression with a group named "version" or "build"',
  });

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

export const digestSchema = z
  .string()
  .regex(
    /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/,
    'is not "sha256:" or "sha512:" with lower-case hex of the right length',
  );

const wordsPattern = /^[a-z0-9]+(-[a-z0-9.]+)*$/;
export const imageId = z.string().regex(wordsPattern, 'is not lower-case words joined by "-"');
export const keyId = z.string().regex(wordsPattern, 'is not lower-case words joined by "-"');
export const fingerprint = z.string().regex(/^[0-9A-F]{40}$/, 'is not 40 upper-case hex digits');

/** A public key that may sign checksum files or images. The fingerprints of shipped keys stand in the source as well. */
export const signingKey = z.strictObject({
  fingerprint,
  file: z.string().regex(/^keys\/[A-Za-z0-9][A-Za-z0-9._-]*$/, 'is not a file in keys/'),
  fileSha256: sha256,
  allowedHashes: z.array(z.enum(hashNames)).min(1),
  signatureForm: z.enum(['detached', 'clearsigned']),
});

const common = {
  /** `distribution-release[-variant]`. */
  id: imageId,
  arch: z.enum(['x86_64', 'aarch64']),
  name: z.string().min(1),
  family: z.enum(['el', 'debian', 'fedora', 'suse', 'alpine', 'tiny']),
  /** The account that the image itself creates; ours is added beside it. */
  defaultUser: z.string().min(1),
  /** Below this the guest does not boot. */
  minimumMemoryMib: z.int().min(64),
  releasedOn: z.iso.date().optional(),
};

const checksumFormats = ['gnu', 'bsd', 'bare', 'json'] as const;

/** The file of the vendor that lists digests. */
const checksums = z.strictObject({
  url: httpsUrl,
  format: z.enum(checksumFormats),
  /** Of the file as it was verified; null before `image update`. */
  sha256: sha256.nullable(),
});

const signature = z.strictObject({
  url: httpsUrl,
  form: z.enum(['detached', 'clearsigned']),
  sha256: sha256.nullable(),
  /** Of `keys`. */
  key: keyId,
  /** Of the key or subkey that signed. */
  signingFingerprint: fingerprint,
  hash: z.enum(hashNames).nullable(),
  created: z.iso.datetime().nullable(),
});

/**
 *   signed    the vendor's signature over the digest was checked (`image update` did it)
 *   pinned    the digest is known, its signature was not checked yet
 *   tls-only  the vendor signs nothing; `acknowledged` says so
 *   local     built on this host from its own signed APT sources; no digest before it is built
 */
const provenance = z.strictObject({
  level: z.enum(['signed', 'pinned', 'tls-only']),
  /** What is signed: a list of digests, or the image itself. */
  method: z.enum(['checksums', 'image', 'none']),
  checksums: checksums.optional(),
  signature: signature.optional(),
  /** Why an image without a signature is accepted all the same. */
  acknowledged: z.string().min(1).optional(),
  /** Why the level is not higher. */
  reason: z.string().min(1).optional(),
  verifiedAt: z.iso.datetime().nullable(),
  /** Program and version. */
  verifiedWith: z.string().min(1).nullable(),
});

const vendorEntry = z.strictObject({
  ...common,
  kind: z.literal('vendor'),
  distro: z.string().min(1),
  release: z.string().min(1),
  version: z.string().min(1),
  /** Later builds are greater when compared part by part as numbers. */
  build: z.string().min(1),
  vendorArch: z.string().min(1),
  variant: z.string().min(1),
  format: z.enum(['qcow2', 'raw']),
  compression: z.enum(['none', 'gz', 'xz', 'zst']),
  fileName,
  /** Exact; null as long as nobody has downloaded it. */
  size: z.int().positive().nullable(),
  virtualSize: z.int().positive().nullable(),
  /** Of the file as the vendor serves it. */
  digest: digestSchema,
  /** Of the unpacked image. */
  contentDigest: digestSchema.nullable().optional(),
  /** The first one is the origin; the others are mirrors of the same bytes. None: it was a file of the user's. */
  urls: z.array(httpsUrl),
  /** Hosts beside those of `urls` that may serve the bytes; `*` for any https host (the digest decides). */
  redirectHosts: z.array(z.union([hostName, z.literal('*')])),
  /** Of a user's entry: which names of the list are newer builds of it. */
  namePattern: namePattern.optional(),
  provenance,
});

const localEntry = z.strictObject({
  ...common,
  kind: z.literal('local'),
  recipe: z.string().min(1),
  provenance: z.strictObject({
    level: z.literal('local'),
    method: z.literal('none'),
    reason: z.string().min(1).optional(),
  }),
});

export const imageEntry = z.discriminatedUnion('kind', [vendorEntry, localEntry]);

export type SigningKey = z.infer<typeof signingKey>;
export type VendorImage = z.infer<typeof vendorEntry>;
export type LocalImage = z.infer<typeof localEntry>;
export type ImageEntry = z.infer<typeof imageEntry>;
/** What fetching asks of an entry; an image that the configuration names by URL has no more. */
export type RemoteImage = Pick<
  VendorImage,
  | 'kind'
  | 'id'
  | 'arch'
  | 'name'
  | 'releasedOn'
  | 'format'
  | 'compression'
  | 'size'
  | 'digest'
  | 'contentDigest'
  | 'urls'
  | 'redirectHosts'
  | 'provenance'
>;
export type ObtainableImage = RemoteImage | LocalImage;
export type ChecksumFormat = (typeof checksumFormats)[number];
export type HashName = (typeof hashNames)[number];
