import { Text } from 'ink';
import type { ReactElement } from 'react';
import type { ListName } from '../state/app-state.ts';
import { arrange, type Sortable } from '../state/list-state.ts';
import type { Loaded } from '../state/loaded.ts';
import type { Meaning } from '../terminal/theme.ts';
import { useDrawing } from './app-context.ts';
import { FailureLines } from './failure-lines.tsx';
import { ListTable, type TableColumn } from './list-table.tsx';

interface LoadedListProps<T, Row extends Sortable> {
  readonly name: ListName;
  readonly loaded: Loaded<T>;
  readonly rows: (value: T) => readonly Row[];
  readonly columns: readonly TableColumn<Row>[];
  readonly height: number;
  readonly none: ReactElement;
  readonly sign?: (row: Row) => { readonly text: string; readonly meaning: Meaning };
}

/** A list that was fetched: asked, failed, empty, filtered to nothing, or there. */
export function LoadedList<T, Row extends Sortable>(props: LoadedListProps<T, Row>): ReactElement {
  const { name, loaded, columns, height, none, sign } = props;
  const { state, theme } = useDrawing();
  if (loaded.value === undefined)
    return loaded.failure === undefined ? (
      <Text {...theme.quiet}>asking</Text>
    ) : (
      <FailureLines failure={loaded.failure} />
    );
  const all = props.rows(loaded.value);
  if (all.length === 0) return none;
  const rows = arrange(all, state.lists[name]);
  if (rows.length === 0) return <Text>{`Nothing matches "${state.lists[name].filter}". Esc shows all again.`}</Text>;
  return (
    <ListTable
      rows={rows}
      columns={columns}
      list={state.lists[name]}
      height={height}
      {...(sign === undefined ? {} : { sign })}
    />
  );
}
