import type { BootLane } from '../measure/boot/boot-lanes.ts';
import { formatDuration } from '../units/duration.ts';

const [barMost, barLeast] = [30, 6];
const nameLeast = 10;
/** Indent, two spaces around an end and a length of eight signs each. */
const beside = 2 + 1 + 8 + 2 + 8;

/**
 * Lanes below one another on one time axis, each span with its end and its length. Empty without lanes. In a narrow
 * terminal the bars get shorter, then the names; then there are none but numbers.
 */
export function bootLanesText(lanes: readonly BootLane[], columns = 80): string {
  const spans = lanes.flatMap((lane) => lane.spans);
  if (spans.length === 0) return '';
  const totalMs = Math.max(1, ...spans.map(({ endMs }) => endMs));
  const longest = Math.max(...spans.map(({ name }) => name.length));
  const room = columns - beside;
  // The two edges of a bar and the space before it.
  const barWidth = Math.min(barMost, Math.max(barLeast, room - longest - 3));
  const withBars = room - nameLeast - 3 >= barWidth;
  const width = Math.min(longest, Math.max(nameLeast, room - (withBars ? barWidth + 3 : 0)));
  return lanes
    .map(({ title, shiftErrorMs, spans: own }) => {
      const error = shiftErrorMs === undefined ? '' : ` (placed within ${formatDuration(shiftErrorMs)})`;
      const lines = own.map(({ name, startMs, endMs }) => {
        const end = formatDuration(Math.round(endMs)).padStart(8);
        const length = formatDuration(Math.max(0, Math.round(endMs - startMs)));
        const bar = withBars ? ` ${barText(startMs / totalMs, endMs / totalMs, barWidth)}` : '';
        return `  ${fitted(name, width)}${bar} ${end}  +${length}\n`;
      });
      return `${title}${error}\n${lines.join('')}`;
    })
    .join('');
}

function barText(from: number, to: number, width: number): string {
  const cell = (share: number): number => Math.min(width, Math.max(0, Math.round(share * width)));
  const first = Math.min(width - 1, cell(from));
  return `|${`${' '.repeat(first)}${'#'.repeat(Math.max(1, cell(to) - first))}`.padEnd(width)}|`;
}

const fitted = (name: string, width: number): string =>
  (name.length > width ? `${name.slice(0, width - 1)}…` : name).padEnd(width);
