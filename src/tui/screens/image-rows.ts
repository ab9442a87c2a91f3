import type { ImageFacts } from '../../core/image-operations.ts';
import type { Sortable } from '../state/list-state.ts';

export interface ImageRow extends Sortable {
  readonly image: ImageFacts;
}

export const imageSorts = ['id', 'trust', 'age', 'size', 'cached'] as const;

export function imageRows(images: readonly ImageFacts[]): readonly ImageRow[] {
  return images.map((image) => ({
    key: `${image.id} ${image.arch}`,
    image,
    text: [image.id, image.name, image.arch, image.trust, image.kind, image.cached === undefined ? '' : 'cached'].join(
      ' ',
    ),
    values: {
      id: image.id,
      trust: image.trust,
      age: image.ageDays,
      size: image.cached?.sizeBytes ?? image.sizeBytes,
      cached: image.cached === undefined ? undefined : 0,
    },
  }));
}
