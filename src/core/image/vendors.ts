import { fail } from '../errors/sysmonvm-error.ts';
import { compareBuilds } from './build-order.ts';
import type { ChecksumFormat, VendorImage } from './image-entry.ts';
import { layoutOf, type Release } from './vendor-layouts.ts';

/**
 * A small file that tells which build is the newest, for vendors whose list of digests lies in a directory of that
 * build. It is not signed: it can only hide newer builds; what it names is checked like everything else.
 */
export interface ReleaseIndex {
  readonly url: string;
  /** With the group `build`, and `version` where that moves as well. */
  readonly pattern: RegExp;
}

export interface VendorSource {
  readonly checksumsUrl: string;
  readonly signatureUrl?: string;
  readonly format: ChecksumFormat;
  /** What a list without names is about. */
  readonly listedFile?: string;
  /** The whole of a file name of this image, for this architecture only. */
  readonly namePattern: RegExp;
  /** The moving name that the list has beside the dated ones. */
  readonly alias?: string;
  /** To be asked first; then again with what `newestRelease` found. */
  readonly index?: ReleaseIndex;
  imageUrl(fileName: string, version: string, build: string): string;
  /** Further places of the same bytes. */
  mirrorUrls(fileName: string, version: string, build: string): readonly string[];
}

/** Where a vendor publishes what, and how its files are called; entries of a user say it themselves. */
export function vendorOf(entry: VendorImage, release: Release = entry): VendorSource {
  const { list, signature, format, names, alias, listedFile, index, directories } = layoutOf(entry, release);
  const urls = (fileName: string, version: string, build: string): string[] =>
    directories({ version, build }).map((directory) => `${directory}${fileName}`);
  return {
    checksumsUrl: list,
    ...(signature === undefined || entry.provenance.signature === undefined
      ? {}
      : { signatureUrl: signedBy(list, signature) }),
    format,
    namePattern: new RegExp(`^(?:${names})$`),
    ...(alias === undefined ? {} : { alias }),
    ...(listedFile === undefined ? {} : { listedFile }),
    ...(index === undefined ? {} : { index: { url: index.url, pattern: new RegExp(index.pattern, 'g') } }),
    imageUrl: (fileName, version, build) => urls(fileName, version, build)[0] ?? '',
    mirrorUrls: (fileName, version, build) => urls(fileName, version, build).slice(1),
  };
}

const signedBy = (list: string, signature: string): string =>
  signature.startsWith('https://') ? signature : `${list}${signature}`;

/** @throws image.not-listed when the index names no build */
export function newestRelease(text: string, index: ReleaseIndex, known: Release): Release {
  const found = [...text.matchAll(index.pattern)].map(({ groups }) => ({
    version: groups?.['version'] ?? known.version,
    build: groups?.['build'] ?? known.build,
  }));
  const [newest] = found.sort((a, b) => compareBuilds(b.version, a.version) || compareBuilds(b.build, a.build));
  return newest ?? fail('image.not-listed', `${index.url} names no build.`, { details: { url: index.url } });
}
