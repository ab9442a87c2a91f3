import { refuseValue } from '../config/findings.ts';
import type { VmConfig } from '../config/vm-config.ts';
import type { GuestArch } from '../host-facts.ts';
import { findImage } from '../image/find-image.ts';
import type { ImageEntry } from '../image/image-entry.ts';
import type { LockedImage, MergedLock } from '../image/merge-locks.ts';
import { signerOf } from '../image/signer-of.ts';
import { originText } from './origin-text.ts';
import type { PlanRequest, Warn } from './plan-request.ts';
import type { Choice, PlannedImage } from './vm-plan.ts';

export interface ImageChoice {
  readonly image: Choice<PlannedImage>;
  readonly minimumMemoryMib: number;
}

const unknownImageMemoryMib = 512;
const archWords: Readonly<Record<string, GuestArch>> = {
  aarch64: 'aarch64',
  arm64: 'aarch64',
  x86_64: 'x86_64',
  amd64: 'x86_64',
};

/** An `image.id` that is a path names a file of the user. */
function isImageFile(id: string): boolean {
  return /^(\/|\.{1,2}\/|~\/)/.test(id) || /\.(qcow2|img|raw)$/.test(id);
}

/** The guest's architecture is decided first: host facts are collected for it. */
export function chooseArch(config: VmConfig, hostArch: GuestArch): Choice<GuestArch> {
  if (config.arch.value !== undefined) return { value: config.arch.value, reason: originText(config.arch.origin) };
  const source = config.imageUrl?.value ?? (isImageFile(config.image.value) ? config.image.value : '');
  const word = /(?<![a-z0-9])(aarch64|arm64|x86_64|amd64)(?![a-z0-9])/i
    .exec(source.split('/').at(-1) ?? '')?.[1]
    ?.toLowerCase();
  const named = word === undefined ? undefined : archWords[word];
  if (named !== undefined) return { value: named, reason: `the name of the image says ${word}` };
  return { value: hostArch, reason: "the host's" };
}

export function chooseImage({ config, host, lock, cachedImage }: PlanRequest, warn: Warn): ImageChoice {
  const arch = host.guestArch;
  const cached =
    cachedImage === undefined ? {} : { digest: cachedImage.digest, virtualSizeBytes: cachedImage.virtualSizeBytes };
  const id = config.image.value;
  if (config.imageUrl?.value !== undefined) return chooseByUrl(config, config.imageUrl.value, arch, lock, cached, warn);
  if (isImageFile(id)) {
    const checksum = config.imageChecksum?.value;
    if (checksum === undefined) warn(`The image ${id} is a file of yours: nothing is known of where it comes from.`);
    const value: PlannedImage = {
      id: id.split('/').at(-1) ?? id,
      arch,
      kind: 'file',
      level: checksum === undefined ? 'local' : 'pinned',
      path: id,
      ...(checksum === undefined ? {} : { digest: checksum }),
      ...cached,
    };
    return {
      image: { value, reason: `${originText(config.image.origin)}; a file` },
      minimumMemoryMib: unknownImageMemoryMib,
    };
  }
  const entry = findImage(lock, id, arch);
  if (
    config.imageChecksum?.value !== undefined &&
    entry.kind === 'vendor' &&
    config.imageChecksum.value !== entry.digest
  ) {
    refuseValue(
      config.imageChecksum.origin,
      'image.checksum',
      `is not the digest of ${id} in the lock file (${entry.digest})`,
    );
  }
  const { level } = entry.provenance;
  if (level === 'tls-only') warn(`${entry.name} is not signed by its vendor. ${entry.provenance.acknowledged ?? ''}`);
  if (level === 'pinned') warn(`${entry.name}: the digest is pinned; the vendor's signature over it was not checked.`);
  const value: PlannedImage = { ...fromEntry(entry), ...cached };
  return {
    image: { value, reason: `${originText(config.image.origin)}; ${levelText(entry)}` },
    minimumMemoryMib: entry.minimumMemoryMib,
  };
}

function chooseByUrl(
  config: VmConfig,
  url: string,
  arch: GuestArch,
  lock: MergedLock,
  cached: Partial<PlannedImage>,
  warn: Warn,
): ImageChoice {
  const digest = config.imageChecksum?.value;
  if (digest === undefined) refuseValue(config.image.origin, 'image.url', 'needs image.checksum');
  const known = lock.images.find((entry) => entry.kind === 'vendor' && entry.digest === digest && entry.arch === arch);
  const level = known?.kind === 'vendor' ? known.provenance.level : 'pinned';
  const id = config.imageFilename?.value ?? url.split('/').at(-1) ?? url;
  if (level !== 'signed')
    warn(`The image ${id} is held to the digest of the config; no signature over it was checked.`);
  const value: PlannedImage = {
    id: known?.id ?? id,
    arch,
    kind: 'vendor',
    level,
    url,
    digest,
    ...(known === undefined ? {} : { title: known.name, ...signerOf(known) }),
    ...cached,
  };
  const reason =
    known === undefined
      ? 'image.url of the config, held to image.checksum'
      : `image.url of the config; the same bytes as ${known.id} in the lock file`;
  return { image: { value, reason }, minimumMemoryMib: known?.minimumMemoryMib ?? unknownImageMemoryMib };
}

function fromEntry(entry: LockedImage): PlannedImage {
  const common = { id: entry.id, arch: entry.arch, kind: entry.kind, level: entry.provenance.level, title: entry.name };
  if (entry.kind === 'local') return { ...common, recipe: entry.recipe };
  return {
    ...common,
    url: entry.urls[0] ?? '',
    digest: entry.digest,
    entry: { origin: entry.origin, version: entry.version, build: entry.build },
    ...signerOf(entry),
    ...(entry.size === null ? {} : { sizeBytes: entry.size }),
  };
}

function levelText(entry: ImageEntry): string {
  if (entry.kind === 'local') return 'built on this host from its own signed APT sources';
  const words = {
    signed: 'signed by its vendor',
    pinned: 'held to the digest in the lock file',
    'tls-only': 'digest known over TLS only',
  };
  return words[entry.provenance.level];
}
