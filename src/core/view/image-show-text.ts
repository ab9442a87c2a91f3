import type { ImagePage } from '../image-operations.ts';
import { formatBytes } from '../units/size.ts';
import { labelledLines } from './text-table.ts';

const or = (value: string | undefined, otherwise: string): string => value ?? otherwise;

function buildText(image: ImagePage): string | undefined {
  if (image.version === undefined) return undefined;
  const dated = image.releasedOn === undefined ? '' : `, of ${image.releasedOn} (${image.ageDays ?? '?'} days old)`;
  return `${image.version}, build ${image.build ?? '?'}${dated}`;
}

function signedText(image: ImagePage): string | undefined {
  const { signer } = image;
  if (signer === undefined) return undefined;
  const mine = signer.origin === 'workspace' ? ', your key' : '';
  const userId = signer.userId === undefined ? '' : `, ${signer.userId}`;
  return `by ${signer.key}${mine}${userId}`;
}

function mayText(image: ImagePage): string | undefined {
  const { key, keyState } = image;
  if (key === undefined) return image.kind === 'local' ? undefined : 'nobody: the entry names no key';
  const mine = key.origin === 'workspace' ? ' (your key)' : '';
  const userId = keyState?.userId === undefined ? '' : `, ${keyState.userId}`;
  return `${key.id}${mine}${userId}`;
}

function keyStateText(image: ImagePage): string | undefined {
  const { keyState } = image;
  if (image.key === undefined || keyState === undefined) return undefined;
  if (keyState.refused !== undefined) return `refused now: [${keyState.refused.code}] ${keyState.refused.message}`;
  return `usable${keyState.expires === undefined ? ', no expiry' : ` until ${keyState.expires}`}`;
}

function verifiedText(image: ImagePage): string | undefined {
  if (image.kind === 'local') return undefined;
  if (image.verifiedAt === undefined) return 'never';
  const stale = image.stale ? '; STALE: what was published since is not known' : '';
  return `${image.verifiedAt} (${image.verifiedDaysAgo ?? '?'} days ago) by ${or(image.verifiedWith, 'an unknown program')}${stale}`;
}

function cachedText(image: ImagePage): string {
  if (image.cached === undefined) return 'no';
  const { since, sizeBytes, path, usedBy } = image.cached;
  const users = usedBy.length === 0 ? '' : `, used by ${usedBy.join(', ')}`;
  return `since ${since}, ${formatBytes(sizeBytes)}${users}, ${path}`;
}

const evidenceWords = {
  complete: 'checksum file and signature are kept: `image verify` checks them without network',
  incomplete: 'only part of what the vendor published is kept',
  none: 'nothing of the vendor is kept: `image verify` can only hash the bytes again',
};

/** The page from which a person knows how far the bytes can be trusted. */
export function imageShowText(image: ImagePage): string {
  const [origin, ...mirrors] = image.urls;
  return [
    `${image.name} for ${image.arch}\n\n`,
    labelledLines([
      ['id', `${image.id} (${image.origin === 'shipped' ? 'shipped with sysmonvm' : 'lock file of this workspace'})`],
      ['trust', image.trust],
      ['', image.levelMeans],
      ['why not more', image.reason],
      ['to raise it', image.toRaise],
    ]),
    '\n',
    labelledLines([
      ['build', buildText(image)],
      ['made here', image.recipe === undefined ? undefined : `recipe ${image.recipe}`],
      ['origin', origin],
      ...mirrors.map((url) => ['mirror', url] as const),
      ['size', image.sizeBytes === undefined ? 'not known before it is downloaded' : `${image.sizeBytes} bytes`],
      ['disk', image.virtualSizeBytes === undefined ? undefined : formatBytes(image.virtualSizeBytes)],
      ['digest', or(image.digest, 'none before it is built')],
    ]),
    '\n',
    labelledLines([
      ['may sign', mayText(image)],
      ['fingerprint', image.key?.fingerprint],
      ['certificate', keyStateText(image)],
      ['signed', image.kind === 'local' ? undefined : or(signedText(image), 'no signature was checked')],
      ['signed with', image.signer?.fingerprint === image.key?.fingerprint ? undefined : image.signer?.fingerprint],
      ['signature of', image.signer && `${or(image.signer.created, '?')}, ${or(image.signer.hash, '?')}`],
      ['list', image.checksums?.url],
      ['signature', image.signature && `${image.signature.url} (${image.signature.form})`],
      ['checked', verifiedText(image)],
      ['in the cache', cachedText(image)],
      ['evidence', image.cached === undefined || image.kind === 'local' ? undefined : evidenceWords[image.evidence]],
    ]),
  ].join('');
}
