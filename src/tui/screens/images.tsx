import { Text } from 'ink';
import type { ReactElement } from 'react';
import { formatBytes } from '../../core/units/size.ts';
import { useDrawing } from '../parts/app-context.ts';
import { longest } from '../parts/fit-columns.ts';
import type { TableColumn } from '../parts/list-table.tsx';
import { LoadedList } from '../parts/loaded-list.tsx';
import type { Meaning } from '../terminal/theme.ts';
import { type ImageRow, imageRows } from './image-rows.ts';

const days = (count: number | undefined): string => (count === undefined ? '-' : `${count}d`);
const size = ({ image }: ImageRow): string => {
  const bytes = image.cached?.sizeBytes ?? image.sizeBytes;
  return bytes === undefined ? '-' : formatBytes(bytes);
};

const trustMeaning = ({ image }: ImageRow): Meaning | undefined => {
  if (image.stale) return 'warning';
  return image.level === 'signed' ? 'good' : undefined;
};

const columns: readonly TableColumn<ImageRow>[] = [
  {
    id: 'id',
    title: 'IMAGE',
    rank: 0,
    sort: 'id',
    width: longest(8, 26, ({ image }) => image.id),
    text: ({ image }) => image.id,
  },
  { id: 'arch', title: 'ARCH', rank: 1, width: () => 7, text: ({ image }) => image.arch },
  {
    id: 'trust',
    title: 'TRUST',
    rank: 2,
    sort: 'trust',
    width: longest(6, 24, ({ image }) => image.trust),
    text: ({ image }) => image.trust,
    meaning: trustMeaning,
  },
  {
    id: 'cached',
    title: 'CACHE',
    rank: 3,
    sort: 'cached',
    width: () => 6,
    text: ({ image }) => (image.cached === undefined ? '-' : 'here'),
  },
  { id: 'size', title: 'SIZE', rank: 4, align: 'right', sort: 'size', width: () => 9, text: size },
  {
    id: 'age',
    title: 'AGE',
    rank: 5,
    align: 'right',
    sort: 'age',
    width: () => 5,
    text: ({ image }) => days(image.ageDays),
  },
  {
    id: 'verified',
    title: 'CHECKED',
    rank: 6,
    align: 'right',
    width: () => 7,
    text: ({ image }) => days(image.verifiedDaysAgo),
  },
  {
    id: 'users',
    title: 'USED BY',
    rank: 7,
    width: longest(7, 24, ({ image }) => image.cached?.usedBy.join(' ') ?? ''),
    text: ({ image }) => image.cached?.usedBy.join(' ') ?? '',
  },
  {
    id: 'name',
    title: 'NAME',
    rank: 8,
    width: longest(8, 40, ({ image }) => image.name),
    text: ({ image }) => image.name,
  },
];

export function Images({ height }: { readonly height: number }): ReactElement {
  const { state } = useDrawing();
  return (
    <LoadedList
      name="images"
      loaded={state.world.images}
      rows={(images) => imageRows(images)}
      columns={columns}
      height={height}
      none={<Text>No image is known.</Text>}
    />
  );
}
