import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { GuestArch } from '../../core/host-facts.ts';
import { digestSchema, type VendorImage } from '../../core/image/image-entry.ts';
import type { AddImageRequest } from '../../core/image-operations.ts';

const archWords: Readonly<Record<string, GuestArch>> = {
  aarch64: 'aarch64',
  arm64: 'aarch64',
  x86_64: 'x86_64',
  amd64: 'x86_64',
};
const compressions: Readonly<Record<string, VendorImage['compression']>> = { gz: 'gz', xz: 'xz', zst: 'zst' };
/** Stands for a digest that the list or the file will tell; never written. */
const unknownDigest = `sha256:${'0'.repeat(64)}`;

/** What the request says, as an entry; digest, size and signature follow when they were checked. */
export function draftEntry(request: AddImageRequest, hostArch: GuestArch): VendorImage {
  const { source, id, name, user, family, namePattern, digest } = request;
  const url = httpsUrl(source);
  const fileName = (url?.pathname ?? source).split('/').at(-1) ?? '';
  const groups = namePattern === undefined ? {} : groupsOf(namePattern, fileName);
  const extension = /\.(gz|xz|zst)$/.exec(fileName)?.[1] ?? '';
  return {
    id,
    arch: request.arch ?? archOf(fileName) ?? hostArch,
    kind: 'vendor',
    name: name ?? id,
    family,
    defaultUser: user,
    minimumMemoryMib: 512,
    distro: 'custom',
    release: groups['version'] ?? '0',
    version: groups['version'] ?? '0',
    build: groups['build'] ?? '0',
    vendorArch: request.arch ?? archOf(fileName) ?? hostArch,
    variant: 'custom',
    format: /\.raw(\.(gz|xz|zst))?$/.test(fileName) ? 'raw' : 'qcow2',
    compression: compressions[extension] ?? 'none',
    fileName,
    size: null,
    virtualSize: null,
    digest: digest === undefined ? unknownDigest : readDigest(digest),
    urls: url === undefined ? [] : [url.href],
    redirectHosts: [],
    ...(namePattern === undefined ? {} : { namePattern }),
    provenance: provenanceOf(request, url !== undefined),
  };
}

function httpsUrl(source: string): URL | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return undefined;
  if (URL.canParse(source)) {
    const url = new URL(source);
    if (url.protocol === 'https:' && url.username === '' && url.password === '') return url;
  }
  return fail('usage.invalid-argument', `${source} is not an https URL without a user name.`);
}

function archOf(fileName: string): GuestArch | undefined {
  const word = /(?<![a-z0-9])(aarch64|arm64|x86_64|amd64)(?![a-z0-9])/i.exec(fileName)?.[1]?.toLowerCase();
  return word === undefined ? undefined : archWords[word];
}

function groupsOf(pattern: string, fileName: string): Readonly<Record<string, string | undefined>> {
  try {
    const match = new RegExp(`^(?:${pattern})$`).exec(fileName);
    if (match !== null) return match.groups ?? {};
  } catch (cause) {
    fail('usage.invalid-argument', `--name-pattern is not a regular expression: ${String(cause)}`, { cause });
  }
  return fail('usage.invalid-argument', `--name-pattern does not fit ${fileName}, the name in the URL.`);
}

function readDigest(text: string): string {
  const read = digestSchema.safeParse(text);
  if (read.success) return read.data;
  return fail('usage.invalid-argument', `--digest is "${text}"; it has to be sha256: or sha512: with lower-case hex.`);
}

function provenanceOf(request: AddImageRequest, remote: boolean): VendorImage['provenance'] {
  const { checksums, signature, acknowledged, digest } = request;
  const none = { verifiedAt: null, verifiedWith: null };
  const list = checksums === undefined ? {} : { checksums: { ...checksums, sha256: null } };
  if (signature !== undefined) {
    if (acknowledged !== undefined) fail('usage.invalid-argument', '--acknowledge is for images without a signature.');
    const overImage = signature.form === 'image';
    if (checksums === undefined && (!overImage || digest === undefined))
      fail(
        'usage.invalid-argument',
        '--signature needs --checksums; over the image itself (--form image) --digest will do.',
      );
    return {
      level: 'pinned',
      method: overImage ? 'image' : 'checksums',
      ...list,
      signature: {
        url: signature.url,
        form: signature.form === 'clearsigned' ? 'clearsigned' : 'detached',
        sha256: null,
        key: signature.key,
        signingFingerprint: '0'.repeat(40),
        hash: null,
        created: null,
      },
      ...none,
    };
  }
  if (checksums !== undefined && acknowledged === undefined)
    fail(
      'image.signature-missing',
      'A list of digests without a signature proves nothing. Give --signature and --key, or say with --acknowledge why it is accepted.',
      {
        next: ['sysmonvm image add --help'],
      },
    );
  if (checksums !== undefined && acknowledged !== undefined)
    return { level: 'tls-only', method: 'checksums', ...list, acknowledged, ...none };
  if (acknowledged !== undefined) fail('usage.invalid-argument', '--acknowledge needs --checksums.');
  if (remote && digest === undefined)
    fail('usage.invalid-argument', 'Give --digest, or --checksums with --signature and --key.', {
      next: ['sysmonvm image add --help'],
    });
  return { level: 'pinned', method: 'none', reason: 'The digest was given by hand; nobody signed it.', ...none };
}
