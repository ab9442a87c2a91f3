import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { LogSource } from '../../core/engine.ts';
import { type LineView, shownLines } from '../state/line-view.ts';
import { useDrawing } from './app-context.ts';
import type { Segment, StyledLine } from './styled-line.ts';
import { StyledLines } from './styled-lines.tsx';

/** Lines that keep coming, with a line below that says where in them the window is. */
export function LineWindow({
  view,
  of,
  room,
}: {
  readonly view: LineView | undefined;
  /** Whose lines they are. */
  readonly of: LogSource;
  readonly room: number;
}): ReactElement {
  const { theme } = useDrawing();
  if (view === undefined || view.lines.length === 0)
    return <Text {...theme.quiet}>{`${sources[of]}: no line yet.`}</Text>;
  const lines = shownLines(view, room - 1);
  return (
    <Box flexDirection="column" height={room}>
      <Box height={room - 1} flexDirection="column">
        <StyledLines lines={lines.map((line) => marked(line, view.search))} />
      </Box>
      <Text wrap="truncate" {...theme.quiet}>
        {view.back === 0
          ? `${sources[of]}, ${of === 'cloud-init' ? 'the last' : 'following,'} ${view.lines.length + view.dropped} lines`
          : `${sources[of]}, ${view.back} lines back of ${view.lines.length + view.dropped}; G follows again`}
        {view.search === '' ? '' : `; searched: ${view.search}`}
      </Text>
    </Box>
  );
}

const sources: Readonly<Record<LogSource, string>> = {
  console: 'console',
  qemu: 'log of QEMU',
  events: 'events',
  'cloud-init': 'log of cloud-init in the guest',
};

function marked(line: string, search: string): StyledLine {
  if (search === '') return [{ text: line }];
  const parts: Segment[] = [];
  let at = 0;
  for (let found = find(line, search, 0); found >= 0; found = find(line, search, at)) {
    parts.push({ text: line.slice(at, found) }, { text: line.slice(found, found + search.length), meaning: 'cursor' });
    at = found + search.length;
  }
  return [...parts, { text: line.slice(at) }];
}

const find = (line: string, search: string, from: number): number =>
  line.toLowerCase().indexOf(search.toLowerCase(), from);
