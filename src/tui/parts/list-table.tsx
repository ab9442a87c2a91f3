import { Box, Text } from 'ink';
import { type ReactElement, useRef } from 'react';
import { cursorRow, type ListState, type Sortable, windowStart } from '../state/list-state.ts';
import type { Look, Meaning } from '../terminal/theme.ts';
import { useDrawing } from './app-context.ts';
import { cellsOf, fitColumns, fitted, gap } from './fit-columns.ts';

export interface TableColumn<Row> {
  readonly id: string;
  readonly title: string;
  readonly align?: 'right';
  /** Kept in this order when there is less room: 0 always. */
  readonly rank: number;
  /** Cells, for these rows. */
  readonly width: (rows: readonly Row[]) => number;
  readonly text: (row: Row) => string;
  readonly meaning?: (row: Row) => Meaning | undefined;
  /** Value that the list can be ordered by. */
  readonly sort?: string;
}

interface ListTableProps<Row extends Sortable> {
  readonly rows: readonly Row[];
  readonly columns: readonly TableColumn<Row>[];
  readonly list: ListState;
  /** Lines for the table, its head among them. */
  readonly height: number;
  /** A sign before each row. */
  readonly sign?: (row: Row) => { readonly text: string; readonly meaning: Meaning };
}

/** Cursor and signs before each row. */
export const marginCells = 4;

/** Rows that have room, with the cursor among them; columns that have room. */
export function ListTable<Row extends Sortable>(props: ListTableProps<Row>): ReactElement {
  const { rows, columns, list, height, sign } = props;
  const { state, glyphs, theme } = useDrawing();
  const former = useRef(0);
  const current = cursorRow(rows, list);
  const room = Math.max(1, height - 1);
  const start = windowStart(rows.length, current === undefined ? 0 : rows.indexOf(current), room, former.current);
  former.current = start;
  const widths = new Map(
    columns.map((column) => [column, Math.max(cellsOf(titleOf(column, list, glyphs)), column.width(rows))]),
  );
  const shown = fitColumns(columns, (column) => widths.get(column) ?? 0, state.size.columns - marginCells);
  const cells = (text: (column: TableColumn<Row>) => string, look: (column: TableColumn<Row>) => Look) =>
    shown.map((column, index) => (
      <Text key={column.id} {...look(column)}>
        {(index === 0 ? '' : ' '.repeat(gap)) +
          fitted(text(column), widths.get(column) ?? 0, column.align ?? 'left', glyphs.more)}
      </Text>
    ));
  return (
    <Box flexDirection="column" height={height}>
      <Text wrap="truncate">
        {' '.repeat(marginCells)}
        {cells(
          (column) => titleOf(column, list, glyphs),
          () => theme.quiet,
        )}
      </Text>
      {rows.slice(start, start + room).map((row) => {
        const here = row === current;
        const mark = sign?.(row);
        return (
          <Text key={row.key} wrap="truncate">
            <Text {...theme.accent}>{here ? glyphs.cursor : ' '}</Text>
            <Text {...theme.accent}>{list.selected.has(row.key) ? glyphs.selected : ' '}</Text>
            <Text {...(mark === undefined ? {} : theme[mark.meaning])}>{`${mark?.text ?? ' '} `}</Text>
            <Text {...(here ? theme.cursor : {})}>
              {cells(
                (column) => column.text(row),
                (column) => {
                  const meaning = column.meaning?.(row);
                  return meaning === undefined ? {} : theme[meaning];
                },
              )}
            </Text>
          </Text>
        );
      })}
    </Box>
  );
}

function titleOf(
  { title, sort }: { readonly title: string; readonly sort?: string },
  list: ListState,
  glyphs: { readonly ascending: string; readonly descending: string },
): string {
  if (sort === undefined || sort !== list.sort) return title;
  return `${title}${list.descending ? glyphs.descending : glyphs.ascending}`;
}
