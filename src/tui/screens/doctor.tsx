import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { useDrawing } from '../parts/app-context.ts';
import { gap, longest } from '../parts/fit-columns.ts';
import { marginCells, type TableColumn } from '../parts/list-table.tsx';
import { LoadedList } from '../parts/loaded-list.tsx';
import { arrange, cursorRow } from '../state/list-state.ts';
import type { StateSign } from '../terminal/glyphs.ts';
import type { Meaning } from '../terminal/theme.ts';
import { type DoctorRow, doctorRows } from './doctor-rows.ts';

const signs: Readonly<Record<DoctorRow['finding']['status'], { readonly sign: StateSign; readonly meaning: Meaning }>> =
  {
    ok: { sign: 'ready', meaning: 'good' },
    warning: { sign: 'warning', meaning: 'warning' },
    problem: { sign: 'failed', meaning: 'bad' },
  };

const statusWidth = 7;

/** What was found takes what the others leave. */
const columnsFor = (room: number): readonly TableColumn<DoctorRow>[] => [
  {
    id: 'what',
    title: 'WHAT',
    rank: 0,
    sort: 'order',
    width: whatWidth(room),
    text: ({ finding }) => finding.id,
  },
  {
    id: 'status',
    title: 'STATUS',
    rank: 1,
    sort: 'status',
    width: () => statusWidth,
    text: ({ finding }) => finding.status,
  },
  {
    id: 'summary',
    title: 'FOUND',
    rank: 2,
    width: (rows) => room - whatWidth(room)(rows) - statusWidth - 2 * gap,
    text: ({ finding }) => finding.summary,
  },
];

const whatWidth = (room: number) => longest<DoctorRow>(8, Math.floor(room / 3), ({ finding }) => finding.id);

const remedyLines = 6;

/** Findings, and below them the whole of the one under the cursor with its remedy. */
export function Doctor({ height }: { readonly height: number }): ReactElement {
  const { state, glyphs, theme } = useDrawing();
  const { doctor } = state.world;
  const rows = arrange(doctorRows(doctor.value?.findings ?? []), state.lists.doctor);
  const finding = cursorRow(rows, state.lists.doctor)?.finding;
  return (
    <Box flexDirection="column" height={height}>
      <LoadedList
        name="doctor"
        loaded={doctor}
        rows={(report) => doctorRows(report.findings)}
        columns={columnsFor(state.size.columns - marginCells)}
        height={Math.max(3, height - remedyLines)}
        none={<Text>The doctor found nothing to say.</Text>}
        sign={(row) => ({
          text: glyphs.states[signs[row.finding.status].sign],
          meaning: signs[row.finding.status].meaning,
        })}
      />
      <Text {...theme.quiet}>{doctor.loading ? 'asking' : ' '}</Text>
      {finding === undefined ? null : (
        <Box flexDirection="column" height={remedyLines - 1}>
          <Text>{finding.summary}</Text>
          {finding.remedy === undefined ? null : <Text {...theme.accent}>{finding.remedy}</Text>}
        </Box>
      )}
    </Box>
  );
}
