import { fail } from '../errors/sysmonvm-error.ts';
import { compareBuilds } from './build-order.ts';
import type { ImageEntry, VendorImage } from './image-entry.ts';
import type { ImageLock } from './lock-schema.ts';

/** Of the lock file, not of the key: an update of a shipped entry comes from the workspace. */
export type LockOrigin = 'shipped' | 'workspace';
export type LockedImage = ImageEntry & { readonly origin: LockOrigin };

export interface MergedLock extends ImageLock {
  readonly images: readonly LockedImage[];
}

const ownDistro = 'custom';

/**
 * The shipped lock file and that of the workspace as one. A workspace can come from anywhere, a clone for instance; so
 * it may add entries under ids of its own, and bring shipped ones forward, but not make them weaker. An update that is
 * older than what is shipped does not count.
 * @throws image.lock-invalid naming the entry or the key
 */
export function mergeLocks(shipped: ImageLock, workspace: ImageLock | undefined, path: string): MergedLock {
  const images = new Map(
    shipped.images.map((entry) => [nameOf(entry), { ...entry, origin: 'shipped' } as LockedImage]),
  );
  for (const id of Object.keys(workspace?.keys ?? {}))
    if (Object.hasOwn(shipped.keys, id)) refuse(path, `the key "${id}"`, 'has the id of a shipped key');
  for (const entry of workspace?.images ?? []) {
    const what = whatIsWrong(entry, shipped);
    if (what !== undefined) refuse(path, `the image ${nameOf(entry)}`, what);
    if (isSuperseded(entry, images.get(nameOf(entry)))) continue;
    images.set(nameOf(entry), { ...entry, origin: 'workspace' });
  }
  return { lockfileVersion: 1, keys: { ...workspace?.keys, ...shipped.keys }, images: [...images.values()] };
}

const nameOf = ({ id, arch }: Pick<ImageEntry, 'id' | 'arch'>): string => `${id}/${arch}`;

function refuse(path: string, what: string, why: string): never {
  return fail('image.lock-invalid', `${path}: ${what} is refused: it ${why}.`, {
    details: { path, what, why },
    next: [`take it out of ${path}`],
  });
}

function whatIsWrong(entry: ImageEntry, shipped: ImageLock): string | undefined {
  const siblings = shipped.images.filter(({ id }) => id === entry.id);
  if (entry.kind === 'local')
    return siblings.length > 0 ? 'has the id of a shipped image' : 'is built here, which needs a shipped recipe';
  if (siblings.length === 0) return wrongOwn(entry, shipped);
  const same = siblings.find(({ arch }) => arch === entry.arch);
  const model = same ?? siblings[0];
  if (model?.kind !== 'vendor') return 'has the id of an image that is built here';
  return wrongUpdate(entry, model, shipped) ?? (same?.kind === 'vendor' ? wrongBytes(entry, same) : undefined);
}

function wrongOwn(entry: VendorImage, shipped: ImageLock): string | undefined {
  if (entry.distro !== ownDistro) return `has the distro "${entry.distro}"; an entry of a workspace has "${ownDistro}"`;
  const key = entry.provenance.signature?.key;
  return key !== undefined && Object.hasOwn(shipped.keys, key)
    ? `names the shipped key "${key}" for an id of its own`
    : undefined;
}

/** `model` is the shipped entry, or that of the other architecture when the vendor had none for this one. */
function wrongUpdate(entry: VendorImage, model: VendorImage, shipped: ImageLock): string | undefined {
  const { level, signature } = entry.provenance;
  for (const field of ['distro', 'release', 'variant', 'family', 'defaultUser', 'format', 'compression'] as const)
    if (entry[field] !== model[field]) return `differs from the shipped one in "${field}"`;
  if (entry.namePattern !== undefined) return 'has a name pattern of its own';
  const unsignedVendor = level === 'tls-only' && model.provenance.level === 'tls-only';
  if (level !== 'signed' && !unsignedVendor) return `has level ${level}; an update of a shipped image is signed`;
  if (
    signature?.key !== model.provenance.signature?.key ||
    (signature !== undefined && !Object.hasOwn(shipped.keys, signature.key))
  )
    return `is signed by the key "${signature?.key}", which does not vouch for this image`;
  const foreign = hostsOf(entry).find((host) => !hostsOf(model).includes(host));
  return foreign === undefined ? undefined : `names the host ${foreign}, which the shipped one does not`;
}

function hostsOf({ urls, redirectHosts, provenance: { checksums, signature } }: VendorImage): readonly string[] {
  const all = [...urls, checksums?.url, signature?.url].filter((url) => url !== undefined);
  return [...redirectHosts, ...all.map((url) => new URL(url).host)];
}

function order(entry: VendorImage, shipped: VendorImage): number {
  return compareBuilds(entry.version, shipped.version) || compareBuilds(entry.build, shipped.build);
}

function wrongBytes(entry: VendorImage, shipped: VendorImage): string | undefined {
  return order(entry, shipped) === 0 && entry.digest !== shipped.digest
    ? 'gives the shipped build another digest'
    : undefined;
}

/** A release of ours may ship a newer build than the one that `image update` once wrote here: the newer one counts. */
function isSuperseded(entry: ImageEntry, shipped: ImageEntry | undefined): boolean {
  return entry.kind === 'vendor' && shipped?.kind === 'vendor' && order(entry, shipped) < 0;
}
