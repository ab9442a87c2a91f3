import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { formatBytes } from '../../core/units/size.ts';
import { formatAge } from '../../core/view/times.ts';
import { useDrawing } from '../parts/app-context.ts';
import { longest } from '../parts/fit-columns.ts';
import type { TableColumn } from '../parts/list-table.tsx';
import { LoadedList } from '../parts/loaded-list.tsx';
import { type TemplateRow, templateRows } from './template-rows.ts';

function poolText({ pool }: TemplateRow): string {
  if (pool === undefined) return '-';
  const ready = pool.members.filter((member) => member.state === 'ready').length;
  return `${ready} of ${pool.size} ready${pool.filledBy === undefined ? '' : ', being filled'}`;
}

const usersText = ({ facts }: TemplateRow): string => (facts.usedBy.length === 0 ? '-' : facts.usedBy.join(' '));
const stateText = ({ facts }: TemplateRow): string => facts.refused?.message ?? 'can be forked';

const columnsAt = (now: number): readonly TableColumn<TemplateRow>[] => [
  {
    id: 'name',
    title: 'TEMPLATE',
    rank: 0,
    sort: 'name',
    width: longest(8, 26, ({ key }) => key),
    text: ({ key }) => key,
  },
  {
    id: 'state',
    title: 'STATE',
    rank: 1,
    width: longest(13, 40, stateText),
    text: stateText,
    meaning: ({ facts }) => (facts.refused === undefined ? 'good' : 'bad'),
  },
  { id: 'pool', title: 'POOL', rank: 2, width: longest(4, 28, poolText), text: poolText },
  {
    id: 'size',
    title: 'SIZE',
    rank: 3,
    align: 'right',
    sort: 'size',
    width: () => 9,
    text: ({ facts }) => formatBytes(facts.allocatedBytes),
  },
  {
    id: 'age',
    title: 'AGE',
    rank: 4,
    align: 'right',
    sort: 'age',
    width: () => 4,
    text: ({ facts }) => formatAge(now - facts.template.createdAt),
  },
  { id: 'users', title: 'FORKS', rank: 5, sort: 'users', width: longest(5, 40, usersText), text: usersText },
];

export function Templates({ height }: { readonly height: number }): ReactElement {
  const { state } = useDrawing();
  const { templates, pools } = state.world;
  return (
    <LoadedList
      name="templates"
      loaded={templates}
      rows={(found) => templateRows(found, pools.value ?? [])}
      columns={columnsAt(state.now)}
      height={height}
      none={<NoTemplate />}
    />
  );
}

function NoTemplate(): ReactElement {
  const { theme } = useDrawing();
  return (
    <Box flexDirection="column" paddingTop={1} paddingLeft={2}>
      <Text>No template yet: a VM that was frozen, from which others run on in a second.</Text>
      <Text>
        <Text {...theme.accent}>f</Text> on a ready VM makes one of it; so does a VM that is created warm.
      </Text>
    </Box>
  );
}
