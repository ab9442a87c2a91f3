import type { Call } from '../../core/engine.ts';
import { fail, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { parseChecksums } from '../../core/image/checksum-file.ts';
import type { ListedDigest } from '../../core/image/checksum-lines.ts';
import type { VendorImage } from '../../core/image/image-entry.ts';
import { type SelectedImage, selectImage } from '../../core/image/select-image.ts';
import { newestRelease, type VendorSource, vendorOf } from '../../core/image/vendors.ts';
import type { SignedBy } from '../../core/ports/signatures.ts';
import type { Dependencies } from '../dependencies.ts';
import type { UsableKey } from './trusted-keys.ts';

export interface VendorFile {
  readonly url: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

export interface VendorAnswer {
  readonly found: SelectedImage;
  readonly urls: readonly string[];
  readonly checksums: VendorFile;
  /** Absent: the entry names no signature, or one over the image itself. */
  readonly signature?: VendorFile & { readonly by: SignedBy };
}

const indexLimitBytes = 1024 * 1024;
const checksumsLimitBytes = 256 * 1024;
const signatureLimitBytes = 16 * 1024;
/** Vendors publish list and signature in separate steps; a mismatch that lasts is none of those. */
const pausesMs = [1_000, 3_000];

/** What the origin's server says now; verified before anything of it is read. `key` is there when a list is signed. */
export async function askVendor(
  deps: Dependencies,
  call: Call,
  entry: VendorImage,
  key: UsableKey | undefined,
): Promise<VendorAnswer> {
  for (const pauseMs of [...pausesMs, undefined]) {
    try {
      return await askOnce(deps, call, entry, key);
    } catch (error) {
      if (pauseMs === undefined || !(error instanceof SysmonvmError) || error.code !== 'image.signature-bad')
        throw error;
      call.report({ kind: 'notice', level: 'info', text: `${error.message} Asking once more.` });
      await deps.clock.sleep(pauseMs, call.signal);
    }
  }
  throw new Error('unreachable');
}

type NewestSource = VendorSource & { readonly release: { readonly version: string; readonly build: string } };

/** Where the newest build is published. An index is unsigned: at worst it hides newer builds. */
async function newestSource(deps: Dependencies, call: Call, entry: VendorImage): Promise<NewestSource> {
  const known = vendorOf(entry);
  if (known.index === undefined) return { ...known, release: entry };
  try {
    const { bytes } = await fetched(deps, call, known.index.url, indexLimitBytes);
    const release = newestRelease(new TextDecoder().decode(bytes), known.index, entry);
    return { ...vendorOf(entry, release), release };
  } catch (error) {
    if (!(error instanceof SysmonvmError) || call.signal.aborted) throw error;
    const text = `Whether ${entry.id} has newer builds is not known: ${error.message}`;
    call.report({ kind: 'notice', level: 'warning', text });
    return { ...known, release: entry };
  }
}

async function askOnce(
  deps: Dependencies,
  call: Call,
  entry: VendorImage,
  key: UsableKey | undefined,
): Promise<VendorAnswer> {
  const vendor = await newestSource(deps, call, entry);
  const checksums = await fetched(deps, call, vendor.checksumsUrl, checksumsLimitBytes);
  const signed = key === undefined ? undefined : await checkSigned(deps, call, { entry, vendor, checksums, key });
  const text = signed?.text ?? new TextDecoder('utf-8', { ignoreBOM: true }).decode(checksums.bytes);
  const listed = listedIn(entry, text, signed !== undefined, checksums.url);
  const found = selectImage(listed, {
    entry,
    pattern: vendor.namePattern,
    release: { version: vendor.release.version, build: vendor.release.build },
  });
  const { fileName, version, build } = found;
  return {
    found,
    urls: [vendor.imageUrl(fileName, version, build), ...vendor.mirrorUrls(fileName, version, build)],
    checksums,
    ...(signed === undefined ? {} : { signature: signed.signature }),
  };
}

/** Names and digests of a list; every line of a signed one has to be understood. */
export function listedIn(
  entry: Pick<VendorImage, 'distro' | 'fileName' | 'provenance'>,
  text: string,
  strict: boolean,
  url: string,
): ReadonlyMap<string, ListedDigest> {
  const { checksums } = entry.provenance;
  if (checksums === undefined) fail('image.not-listed', `The entry names no list of digests, and ${url} is none.`);
  return parseChecksums(text, {
    format: checksums.format,
    distro: entry.distro,
    strict,
    fileName: checksums.format === 'bare' ? entry.fileName : (url.split('/').at(-1) ?? url),
  });
}

async function checkSigned(
  deps: Dependencies,
  call: Call,
  asked: {
    readonly entry: VendorImage;
    readonly vendor: VendorSource;
    readonly checksums: VendorFile;
    readonly key: UsableKey;
  },
): Promise<{ readonly text: string; readonly signature: VendorFile & { readonly by: SignedBy } }> {
  const { entry, vendor, checksums } = asked;
  const { key } = asked.key;
  const url = vendor.signatureUrl;
  if (url === undefined) fail('image.signature-missing', `The entry of ${entry.id} names no signature.`);
  const form = entry.provenance.signature?.form ?? key.key.signatureForm;
  const signature = form === 'clearsigned' ? checksums : await fetchSignature(deps, call, entry.id, url);
  const { signedText, by } = await (await deps.signatures()).checkText({
    form,
    file: checksums.bytes,
    ...(form === 'clearsigned' ? {} : { signature: signature.bytes }),
    key,
    now: new Date(deps.clock.now()),
  });
  return { text: signedText, signature: { ...signature, by } };
}

/** A server that has no signature (any more) never makes an image less trusted and accepted all the same. */
export async function fetchSignature(deps: Dependencies, call: Call, id: string, url: string): Promise<VendorFile> {
  try {
    return await fetched(deps, call, url, signatureLimitBytes);
  } catch (error) {
    if (error instanceof SysmonvmError && error.code === 'image.not-found')
      throw new SysmonvmError('image.signature-missing', `The signature of ${id} is not at ${url}.`, {
        details: { id, url },
        next: [`sysmonvm image show ${id}`],
        cause: error,
      });
    throw error;
  }
}

async function fetched(deps: Dependencies, call: Call, url: string, limitBytes: number): Promise<VendorFile> {
  const bytes = await (await deps.vendorFiles()).fetch(url, { limitBytes, signal: call.signal });
  return { url, bytes, sha256: deps.lockFiles.sha256(bytes) };
}
