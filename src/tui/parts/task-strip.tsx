import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { formatDuration } from '../../core/units/duration.ts';
import { formatBytes } from '../../core/units/size.ts';
import { paceText, transferRate } from '../../core/view/progress-state.ts';
import { isRunning, type Task } from '../state/tasks.ts';
import type { Meaning } from '../terminal/theme.ts';
import { useDrawing } from './app-context.ts';

const shownAtOnce = 3;
/** An end is shown this long by itself; afterwards it can be read among the tasks. */
export const endShownMs = 8000;

export function stripTasks(tasks: readonly Task[], now: number): readonly Task[] {
  return tasks.filter((task) => isRunning(task) || now - (task.endedAt ?? 0) < endShownMs).slice(-shownAtOnce);
}

/** What runs, each in one line with what it does now, and what has just ended. */
export function TaskStrip(): ReactElement | null {
  const { state } = useDrawing();
  const tasks = stripTasks(state.world.tasks, state.now);
  if (tasks.length === 0) return null;
  return (
    <Box flexDirection="column">
      {tasks.map((task) => (
        <TaskLine key={task.id} task={task} />
      ))}
    </Box>
  );
}

export function TaskLine({ task }: { readonly task: Task }): ReactElement {
  const { state, glyphs, theme } = useDrawing();
  const running = isRunning(task);
  const sign = running
    ? (glyphs.spinner[state.beat % glyphs.spinner.length] ?? '')
    : { done: glyphs.selected, failed: glyphs.states.failed, cancelled: '-' }[
        task.state as 'done' | 'failed' | 'cancelled'
      ];
  const took = formatDuration(Math.max(0, Math.round(((task.endedAt ?? state.now) - task.startedAt) / 100) * 100));
  return (
    <Text wrap="truncate">
      <Text {...theme[meaningOf(task)]}>{`${sign} ${task.title}`}</Text>
      <Text {...theme.quiet}>{`  ${took}  `}</Text>
      <Text {...(task.state === 'failed' ? theme.bad : {})}>{taskText(task, state.now)}</Text>
    </Text>
  );
}

const meaningOf = ({ state }: Task): Meaning =>
  ({ running: 'busy', cancelling: 'warning', done: 'good', failed: 'bad', cancelled: 'quiet' })[state] as Meaning;

/** What it does now, or what became of it, in one line. */
function taskText(task: Task, now: number): string {
  if (task.failure !== undefined) return `[${task.failure.code}] ${task.failure.message.split('\n', 1)[0]}`;
  if (task.state === 'cancelling') return 'is being cancelled: what was begun is undone';
  if (task.state === 'cancelled') return 'cancelled';
  if (!isRunning(task)) return task.result ?? 'done';
  const { steps, transfer, waiting, marks, bootStartedAt } = task.progress;
  if (transfer !== undefined) {
    const share =
      transfer.total === undefined || transfer.total === 0
        ? formatBytes(transfer.done)
        : `${Math.floor((transfer.done / transfer.total) * 100)} % of ${formatBytes(transfer.total)}`;
    return `${transfer.what} ${share}${paceText(transferRate(transfer, now), transfer.secondsLeft)}`;
  }
  const mark = marks.at(-1);
  if (bootStartedAt !== undefined && mark !== undefined)
    return `${mark.name} after ${formatDuration(mark.at - bootStartedAt)}${
      waiting === undefined ? '' : `, then ${waiting.probe}: ${waiting.answer}`
    }`;
  const step = steps.findLast((line) => line.state === 'running') ?? steps.at(-1);
  return step === undefined ? '' : `${step.step}${step.detail === undefined ? '' : `: ${step.detail}`}`;
}
