import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { shownFleet } from '../commands/targets.ts';
import { useDrawing } from '../parts/app-context.ts';
import { FailureLines } from '../parts/failure-lines.tsx';
import { ListTable } from '../parts/list-table.tsx';
import { shownFleetColumns } from './fleet-columns.ts';

export function Fleet({ height }: { readonly height: number }): ReactElement {
  const { state, glyphs } = useDrawing();
  const { vms } = state.world;
  if (vms.failure !== undefined) return <FailureLines failure={vms.failure} />;
  if (vms.value === undefined) return <Text>looking for VMs{glyphs.more}</Text>;
  if (vms.value.length === 0) return <NoVms />;
  const rows = shownFleet(state);
  if (rows.length === 0) return <Text>{`No VM matches "${state.lists.fleet.filter}". Esc shows all again.`}</Text>;
  const look = { now: state.now, glyphs };
  const columns = shownFleetColumns(state.world).map((column) => ({
    ...column,
    text: (row: (typeof rows)[number]) => column.text(row, look),
  }));
  return (
    <ListTable
      rows={rows}
      columns={columns}
      list={state.lists.fleet}
      height={height}
      sign={(row) => ({ text: glyphs.states[row.sign], meaning: row.meaning })}
    />
  );
}

function NoVms(): ReactElement {
  const { theme } = useDrawing();
  return (
    <Box flexDirection="column" paddingTop={1} paddingLeft={2}>
      <Text>No VM yet.</Text>
      <Text>
        <Text {...theme.accent}>n</Text> makes one; in a shell it is <Text {...theme.title}>sysmonvm up</Text>.
      </Text>
    </Box>
  );
}
