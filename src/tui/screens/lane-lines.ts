import type { BootLane } from '../../core/measure/boot/boot-lanes.ts';
import { formatDuration } from '../../core/units/duration.ts';
import { fitted } from '../parts/fit-columns.ts';
import type { StyledLine } from '../parts/styled-line.ts';
import type { Glyphs } from '../terminal/glyphs.ts';

const numbers = 20;
const [nameLeast, nameMost] = [10, 28];

/**
 * Lanes below one another on one time axis, each span where its time was spent. `untilMs`: the boot is under way, the
 * axis grows with it and the last stage that the host saw has not ended yet.
 */
export function laneLines(
  lanes: readonly BootLane[],
  columns: number,
  glyphs: Glyphs,
  untilMs?: number,
): readonly StyledLine[] {
  const spans = lanes.flatMap((lane) => lane.spans);
  const totalMs = Math.max(1, untilMs ?? 0, ...spans.map(({ endMs }) => endMs));
  const nameWidth = Math.min(nameMost, Math.max(nameLeast, ...spans.map(({ name }) => name.length)), columns - numbers);
  const barWidth = Math.max(0, Math.min(80, columns - nameWidth - numbers - 4));
  const bar = (startMs: number, endMs: number): { readonly before: number; readonly length: number } => {
    const before = Math.min(barWidth - 1, Math.round((startMs / totalMs) * barWidth));
    return { before, length: Math.max(1, Math.round((endMs / totalMs) * barWidth) - before) };
  };
  const line = (name: string, startMs: number, endMs: number, open: boolean): StyledLine => {
    const { before, length } = bar(startMs, endMs);
    const rest = Math.max(0, barWidth - before - length);
    return [
      { text: `  ${fitted(name, nameWidth, 'left', glyphs.more)} ` },
      ...(barWidth < 6
        ? []
        : [
            { text: ' '.repeat(Math.max(0, before)) },
            { text: (open ? glyphs.barEmpty : glyphs.bar).repeat(length), meaning: open ? 'busy' : 'accent' } as const,
            { text: ' '.repeat(rest) },
          ]),
      {
        text: open
          ? `  +${formatDuration(round(endMs - startMs))}`
          : ` ${formatDuration(Math.round(endMs)).padStart(8)}  +${formatDuration(Math.max(0, Math.round(endMs - startMs)))}`,
        meaning: open ? 'busy' : 'quiet',
      },
    ];
  };
  return lanes.flatMap(({ source, title, shiftErrorMs, spans: own }) => {
    const error = shiftErrorMs === undefined ? '' : ` (placed within ${formatDuration(shiftErrorMs)})`;
    const lastMs = own.at(-1)?.endMs ?? 0;
    const next = untilMs !== undefined && source === 'host' && untilMs > lastMs;
    return [
      [
        { text: title, meaning: 'title' },
        { text: error, meaning: 'quiet' },
      ],
      ...own.map(({ name, startMs, endMs }) => line(name, startMs, endMs, false)),
      ...(next ? [line('under way', lastMs, untilMs, true)] : []),
    ] satisfies StyledLine[];
  });
}

const round = (ms: number): number => Math.max(0, Math.round(ms / 100) * 100);
