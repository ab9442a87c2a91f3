import { fail } from '../errors/sysmonvm-error.ts';
import type { ChecksumFormat, VendorImage } from './image-entry.ts';

export interface Release {
  readonly version: string;
  readonly build: string;
}

export interface Layout {
  /** Directory and name, or the whole URL. */
  readonly list: string;
  readonly signature?: string;
  readonly format: ChecksumFormat;
  /** Source of a regular expression. */
  readonly names: string;
  readonly alias?: string;
  readonly listedFile?: string;
  readonly index?: { readonly url: string; readonly pattern: string };
  readonly directories: (release: Release) => readonly string[];
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
/** `/images/cloud/trixie/` → `trixie`. */
const codename = (entry: VendorImage, before: string): string =>
  new RegExp(`/${before}/([a-z]+)/`).exec(entry.urls[0] ?? '')?.[1] ?? entry.release;

const layouts: Readonly<Record<string, (entry: VendorImage, release: Release) => Layout>> = {
  almalinux({ release, vendorArch, variant }) {
    const images = (version: string) => `https://repo.almalinux.org/almalinux/${version}/cloud/${vendorArch}/images/`;
    return {
      list: `${images(release)}CHECKSUM`,
      signature: '.asc',
      format: 'gnu',
      names: `AlmaLinux-${release}-${literal(variant)}-(?<version>${release}\\.\\d+)-(?<build>\\d{8}(\\.\\d+)?)\\.${vendorArch}\\.qcow2`,
      alias: `AlmaLinux-${release}-${variant}-latest.${vendorArch}.qcow2`,
      directories: ({ version }) => [images(version), images(release)],
    };
  },
  alpine({ release, vendorArch, variant }, { version, build }) {
    const cloud = `https://dl-cdn.alpinelinux.org/alpine/v${release}/releases/cloud/`;
    const [provider = '', firmware = '', start = ''] = variant.split('-');
    const names = `${provider}_alpine-(?<version>${literal(release)}\\.\\d+)-${vendorArch}-${firmware}-${start}-(?<build>r\\d+)\\.qcow2`;
    const listedFile = `${provider}_alpine-${version}-${vendorArch}-${firmware}-${start}-${build}.qcow2`;
    return {
      list: `${cloud}${listedFile}.sha512`,
      listedFile,
      format: 'bare',
      names,
      index: { url: cloud, pattern: `${names}(?=["<])` },
      directories: () => [cloud],
    };
  },
  'centos-stream'({ release, vendorArch, variant }) {
    const images = `https://cloud.centos.org/centos/${release}-stream/${vendorArch}/images/`;
    return {
      list: `${images}CHECKSUM`,
      format: 'bsd',
      names: `CentOS-Stream-${variant}-${release}-(?<build>\\d{8}\\.\\d+)\\.${vendorArch}\\.qcow2`,
      alias: `CentOS-Stream-${variant}-${release}-latest.${vendorArch}.qcow2`,
      directories: () => [images],
    };
  },
  debian(entry, { build }) {
    const { release, vendorArch, variant } = entry;
    const suite = `https://cloud.debian.org/images/cloud/${codename(entry, 'images/cloud')}/`;
    return {
      list: `${suite}${build}/SHA512SUMS`,
      format: 'gnu',
      names: `debian-${release}-${variant}-${vendorArch}-(?<build>\\d{8}-\\d+)\\.qcow2`,
      index: {
        url: `${suite}latest/debian-${release}-${variant}-${vendorArch}.json`,
        pattern: '"cloud\\.debian\\.org/version": ?"(?<build>\\d{8}-\\d+)"',
      },
      directories: (of) => [`${suite}${of.build}/`],
    };
  },
  fedora({ release, vendorArch, variant }, { version }) {
    const images = (host: string) => `https://${host}/pub/fedora/linux/releases/${release}/Cloud/${vendorArch}/images/`;
    return {
      list: `${images('dl.fedoraproject.org')}Fedora-Cloud-${version}-${vendorArch}-CHECKSUM`,
      signature: '',
      format: 'bsd',
      names: `Fedora-${literal(variant)}-(?<version>${release}-(?<build>\\d+\\.\\d+))\\.${vendorArch}\\.qcow2`,
      directories: () => [images('download.fedoraproject.org'), images('dl.fedoraproject.org')],
    };
  },
  opensuse({ version, vendorArch }, { build }) {
    const appliances = `https://download.opensuse.org/distribution/leap/${version}/appliances/`;
    const stem = `Leap-${version}-Minimal-VM.${vendorArch}-Cloud-Build`;
    const names = `${literal(stem)}(?<build>\\d+(\\.\\d+)*)\\.qcow2`;
    return {
      list: `${appliances}${stem}${build}.qcow2.sha256`,
      signature: '.asc',
      format: 'gnu',
      names,
      index: { url: `${appliances}?jsontable`, pattern: `${names}(?=["<])` },
      directories: () => [appliances],
    };
  },
  rocky({ release, vendorArch, variant }) {
    const images = (version: string) => `https://dl.rockylinux.org/pub/rocky/${version}/images/${vendorArch}/`;
    return {
      list: `${images(release)}CHECKSUM`,
      signature: '.asc',
      format: 'bsd',
      names: `Rocky-${release}-${literal(variant)}-(?<version>${release}\\.\\d+)-(?<build>\\d{8}\\.\\d+)\\.${vendorArch}\\.qcow2`,
      alias: `Rocky-${release}-${variant}.latest.${vendorArch}.qcow2`,
      directories: ({ version }) => [images(version)],
    };
  },
  ubuntu(entry, { build }) {
    const { release, vendorArch, variant } = entry;
    const releases = `https://cloud-images.ubuntu.com/releases/${codename(entry, 'releases')}/`;
    return {
      list: `${releases}release-${build}/SHA256SUMS`,
      signature: '.gpg',
      format: 'gnu',
      names: literal(`ubuntu-${release}-${variant}-cloudimg-${vendorArch}.img`),
      index: {
        url: `${releases}release/unpacked/build-info.txt`,
        pattern: '(?<=^|\\n)serial=(?<build>\\d{8}(\\.\\d+)?)(?=\\n|$)',
      },
      directories: (of) => [`${releases}release-${of.build}/`],
    };
  },
};

/** What is known about a vendor; entries of a user say it themselves. */
export function layoutOf(entry: VendorImage, release: Release): Layout {
  const layout = Object.hasOwn(layouts, entry.distro) ? layouts[entry.distro] : undefined;
  return layout?.(entry, release) ?? ownLayout(entry);
}

function ownLayout(entry: VendorImage): Layout {
  const { checksums, signature } = entry.provenance;
  if (checksums === undefined)
    return fail('image.not-listed', `${entry.id} names no list of digests, so there is nothing to compare it with.`, {
      details: { id: entry.id, arch: entry.arch },
    });
  return {
    list: checksums.url,
    ...(signature === undefined ? {} : { signature: signature.url }),
    format: checksums.format,
    ...(checksums.format === 'bare' ? { listedFile: entry.fileName } : {}),
    names: entry.namePattern ?? literal(entry.fileName),
    directories: () => entry.urls.map((url) => new URL('.', url).href),
  };
}
