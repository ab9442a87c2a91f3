import type { VendorImage } from '../../core/image/image-entry.ts';
import type { FieldChange } from '../../core/image-operations.ts';
import type { SignedBy } from '../../core/ports/signatures.ts';
import type { VendorAnswer, VendorFile } from './ask-vendor.ts';
import type { Checked } from './checked-now.ts';

/** The entry that the answer stands for, before its image was downloaded. */
export function updatedEntry(entry: VendorImage, answer: VendorAnswer, checked: Checked): VendorImage {
  const { found } = answer;
  const same = found.digest === entry.digest && found.fileName === entry.fileName;
  const { size: _, virtualSize: __, contentDigest: ___, releasedOn: ____, ...kept } = entry;
  const date = /^(\d{4})(\d{2})(\d{2})(\D|$)/.exec(found.build);
  const releasedOn = same ? entry.releasedOn : date === null ? undefined : `${date[1]}-${date[2]}-${date[3]}`;
  return {
    ...kept,
    name: entry.name.replace(entry.version, found.version),
    version: found.version,
    build: found.build,
    fileName: found.fileName,
    digest: found.digest,
    size: found.sizeBytes ?? (same ? entry.size : null),
    virtualSize: same ? entry.virtualSize : null,
    ...(entry.contentDigest === undefined ? {} : { contentDigest: same ? entry.contentDigest : null }),
    urls: same ? entry.urls : [...answer.urls],
    ...(releasedOn === undefined ? {} : { releasedOn }),
    provenance: provenanceOf(entry, answer, checked),
  };
}

function provenanceOf(entry: VendorImage, answer: VendorAnswer, checked: Checked): VendorImage['provenance'] {
  const { provenance } = entry;
  const checksums =
    provenance.checksums === undefined
      ? {}
      : { checksums: { ...provenance.checksums, url: answer.checksums.url, sha256: answer.checksums.sha256 } };
  const moment = { verifiedAt: checked.at, verifiedWith: checked.with };
  if (answer.signature === undefined) return { ...provenance, ...checksums, ...moment };
  return { ...signedProvenance(provenance, answer.signature, answer.signature.by, checked), ...checksums };
}

export function signedProvenance(
  provenance: VendorImage['provenance'],
  signature: Pick<VendorFile, 'url' | 'sha256'>,
  by: SignedBy,
  checked: Checked,
): VendorImage['provenance'] {
  const { reason: _, acknowledged: __, ...kept } = provenance;
  return {
    ...kept,
    level: 'signed',
    signature: {
      url: signature.url,
      form: provenance.signature?.form ?? 'detached',
      sha256: signature.sha256,
      key: by.keyId,
      signingFingerprint: by.signingFingerprint,
      hash: by.hash,
      created: by.created,
    },
    verifiedAt: checked.at,
    verifiedWith: checked.with,
  };
}

/** What a person reviews before the lock file is committed. */
export function changesBetween(before: VendorImage, after: VendorImage): readonly FieldChange[] {
  const fields = ({ version, build, fileName, size, digest, provenance }: VendorImage) => ({
    version,
    build,
    file: fileName,
    size: size === null ? 'unknown' : String(size),
    digest,
    level: provenance.level,
    'signed by': provenance.level === 'signed' ? (provenance.signature?.signingFingerprint ?? 'nobody') : 'nobody',
    'signed on': provenance.signature?.created ?? 'unknown',
  });
  const [from, to] = [fields(before), fields(after)];
  return (Object.keys(from) as (keyof typeof from)[])
    .filter((field) => from[field] !== to[field])
    .map((field) => ({ field, from: from[field], to: to[field] }));
}
