import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { formatDuration } from '../core/units/duration.ts';
import type { ProgressState, StepLine } from '../core/view/progress-state.ts';
import { TransferBar } from './progress-bar.tsx';
import { shade } from './shade.ts';
import { Waterfall } from './waterfall.tsx';

export interface ProgressViewProps {
  readonly state: ProgressState;
  readonly now: number;
  readonly columns: number;
  readonly color: boolean;
  /** The work is over: what moves is left out. */
  readonly ended: boolean;
}

const signs = { running: '•', done: '✓', skipped: '-' } as const;
const stepsShown = 12;

function whole(ms: number): string {
  return formatDuration(Math.max(0, Math.round(ms / 100) * 100));
}

function Step({ line, now, color }: { line: StepLine; now: number; color: boolean }): ReactElement {
  const took = (line.endedAt ?? now) - line.startedAt;
  return (
    <Text wrap="truncate">
      <Text {...shade(color, { color: line.state === 'done' ? 'green' : 'yellow' })}>{signs[line.state]}</Text>
      {` ${line.step}`}
      <Text
        {...shade(color, { dimColor: true })}
      >{`${line.detail === undefined ? '' : `  ${line.detail}`}${took < 100 ? '' : `  ${whole(took)}`}`}</Text>
    </Text>
  );
}

function Boot({ state, now, columns, color, ended }: ProgressViewProps): ReactElement | null {
  if (state.bootStartedAt === undefined) return null;
  const ready = state.marks.some((mark) => mark.name === 'ready');
  return (
    <Box flexDirection="column" marginTop={1}>
      <Waterfall marks={state.marks} columns={Math.max(10, Math.min(40, columns - 30))} color={color} />
      {ready || ended ? null : (
        <Text wrap="truncate" {...shade(color, { dimColor: true })}>
          {`booting for ${whole(now - state.bootStartedAt)}${
            state.waiting === undefined ? '' : `, ${state.waiting.probe}: ${state.waiting.answer}`
          }`}
        </Text>
      )}
    </Box>
  );
}

/** What `Progress` events look like on a terminal. */
export function ProgressView(props: ProgressViewProps): ReactElement {
  const { state, now, columns, color, ended } = props;
  return (
    <Box flexDirection="column">
      {state.steps.slice(-stepsShown).map((line) => (
        <Step key={`${line.step} ${line.startedAt}`} line={line} now={now} color={color} />
      ))}
      {state.transfer === undefined || ended ? null : (
        <TransferBar
          transfer={state.transfer}
          now={now}
          columns={Math.max(10, Math.min(30, columns - 50))}
          color={color}
        />
      )}
      <Boot {...props} />
      {ended || state.consoleLines.length === 0 ? null : (
        <Box flexDirection="column" borderStyle="single" borderDimColor={color} marginTop={1}>
          {state.consoleLines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
            <Text key={index} wrap="truncate" {...shade(color, { dimColor: true })}>
              {line}
            </Text>
          ))}
        </Box>
      )}
      {state.notices.map((notice) => (
        <Text key={notice.text} {...shade(color && notice.level === 'warning', { color: 'yellow' })}>
          {notice.level === 'warning' ? `warning: ${notice.text}` : notice.text}
        </Text>
      ))}
    </Box>
  );
}
