import type { ImageFacts } from '../image-operations.ts';
import { formatBytes } from '../units/size.ts';
import { textTable } from './text-table.ts';

function checkedText(image: ImageFacts): string {
  if (image.verifiedDaysAgo === undefined) return image.level === 'local' ? '-' : 'never';
  return `${image.verifiedDaysAgo} d ago${image.stale ? ', stale' : ''}`;
}

/** One line an image. AGE is that of the vendor's build, CHECKED how long ago its signature was asked for. */
export function imageListText(images: readonly ImageFacts[]): string {
  if (images.length === 0) return 'No images.\n';
  return textTable(
    [
      { title: 'ID' },
      { title: 'ARCH' },
      { title: 'VERSION' },
      { title: 'TRUST' },
      { title: 'CHECKED' },
      { title: 'SIZE', align: 'right' },
      { title: 'AGE', align: 'right' },
      { title: 'CACHED' },
      { title: 'MAY SIGN' },
    ],
    images.map((image) => [
      image.id,
      image.arch,
      image.version === undefined ? '-' : image.build === undefined ? image.version : `${image.version} ${image.build}`,
      image.trust,
      checkedText(image),
      image.sizeBytes === undefined ? '?' : formatBytes(image.sizeBytes),
      image.ageDays === undefined ? '-' : `${image.ageDays} d`,
      image.cached === undefined ? 'no' : 'yes',
      image.key === undefined ? '-' : `${image.key.id} ${image.key.fingerprint.slice(-16)}`,
    ]),
  );
}
