import { fail } from '../errors/sysmonvm-error.ts';
import type { ListedDigest } from './checksum-lines.ts';
import type { VendorImage } from './image-entry.ts';
import type { Release } from './vendor-layouts.ts';
import { vendorOf } from './vendors.ts';

export interface WantedImage {
  readonly entry: VendorImage;
  /** Names of this image for this architecture, with groups `version` and `build`; undefined: those of its vendor. */
  readonly pattern?: RegExp;
  /** The moving name: when the list has it, its digest says which dated name is meant; undefined: that of the vendor. */
  readonly alias?: string;
  /** Exactly this one, which must fit the pattern as well. */
  readonly fileName?: string;
  /** What holds when the name does not tell; undefined: as in the entry. */
  readonly release?: Release;
}

export interface SelectedImage {
  readonly fileName: string;
  readonly digest: string;
  readonly version: string;
  readonly build: string;
  readonly sizeBytes?: number;
}

/** @throws image.not-listed, image.ambiguous */
export function selectImage(listed: ReadonlyMap<string, ListedDigest>, wanted: WantedImage): SelectedImage {
  const { id, arch } = wanted.entry;
  const vendor = vendorOf(wanted.entry);
  const alias = wanted.alias ?? vendor.alias;
  const pattern = whole(wanted.pattern ?? vendor.namePattern);
  const fitting = [...listed].filter(([name]) => pattern.test(name));
  const chosen = fitting.filter(([name, { digest }]) =>
    wanted.fileName === undefined ? hasDigestOf(alias, name, digest, listed) : name === wanted.fileName,
  );
  const [only, another] = chosen;
  const details = { id, arch, alias, fileName: wanted.fileName, fitting: fitting.map(([name]) => name) };
  const what = described(wanted, alias !== undefined && listed.has(alias) ? alias : undefined);
  if (only === undefined)
    fail('image.not-listed', `The list of digests has no ${what} among ${listed.size} files.`, { details });
  if (another !== undefined)
    fail(
      'image.ambiguous',
      `The list of digests has ${chosen.length} files for ${what}: ${chosen.map(([name]) => name).join(', ')}.`,
      { details },
    );
  const [fileName, { digest, sizeBytes }] = only;
  const groups = pattern.exec(fileName)?.groups ?? {};
  const release = wanted.release ?? wanted.entry;
  return {
    fileName,
    digest,
    version: groups['version'] ?? release.version,
    build: groups['build'] ?? release.build,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  };
}

const whole = ({ source, flags }: RegExp): RegExp => new RegExp(`^(?:${source})$`, flags.replace(/[gmy]/g, ''));

function hasDigestOf(
  alias: string | undefined,
  name: string,
  digest: string,
  listed: ReadonlyMap<string, ListedDigest>,
): boolean {
  const moving = alias === undefined ? undefined : listed.get(alias);
  return moving === undefined || (moving.digest === digest && name !== alias);
}

function described({ entry, fileName }: WantedImage, alias: string | undefined): string {
  const image = `${entry.id} for ${entry.arch}`;
  if (fileName !== undefined) return `${fileName} (${image})`;
  return alias === undefined ? `file of ${image}` : `dated file with the digest of ${alias} (${image})`;
}
