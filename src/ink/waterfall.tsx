import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { formatDuration } from '../core/units/duration.ts';
import { barOf, bootTimeline } from '../core/view/boot-timeline.ts';
import type { BootMark } from '../core/vm/vm-state.ts';
import { shade } from './shade.ts';

export interface WaterfallProps {
  readonly marks: readonly BootMark[];
  /** Cells of the longest bar. */
  readonly columns: number;
  readonly color: boolean;
}

/** The stages of a boot, one below the other, each bar where its time was spent. */
export function Waterfall({ marks, columns, color }: WaterfallProps): ReactElement | null {
  const timeline = bootTimeline(marks);
  if (timeline === undefined) return null;
  const width = Math.max(...timeline.stages.map((stage) => stage.title.length));
  return (
    <Box flexDirection="column">
      {timeline.stages.map((stage) => {
        const bar = barOf(stage, timeline.totalMs, columns);
        return (
          <Text key={stage.name} wrap="truncate">
            {`${stage.title.padEnd(width)} ${' '.repeat(bar.offset)}`}
            <Text {...shade(color, { color: stage.name === 'ready' ? 'green' : 'cyan' })}>{'█'.repeat(bar.width)}</Text>
            {`${' '.repeat(Math.max(0, columns - bar.offset - bar.width))} ${formatDuration(stage.endMs).padStart(7)}`}
          </Text>
        );
      })}
    </Box>
  );
}
