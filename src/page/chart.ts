import uPlot from 'uplot';
import type { HistorySeries } from '../core/measure/history/history.ts';
import { drawMarks } from './chart-marks.ts';
import { colour, lineOf } from './hardware-line.ts';

export interface Chart {
  /** Index of the point under the cursor. */
  move(index: number): void;
  destroy(): void;
}

const height = 240;

/** Medians by time, a line for each hardware; `pointed` is told over which point the cursor is. */
export function makeChart(
  place: HTMLElement,
  { points, unit }: HistorySeries,
  hardware: readonly string[],
  pointed: (index: number | undefined) => void,
): Chart {
  const own = [...new Set(points.map((point) => point.hardware))];
  const times = points.map(({ at }) => Date.parse(at) / 1000);
  const lines = own.map((name) => points.map((point) => (point.hardware === name ? (point.median ?? null) : null)));
  const axis = {
    stroke: () => colour('--soft'),
    grid: { stroke: () => colour('--line'), width: 1 },
    ticks: { stroke: () => colour('--line'), width: 1 },
    font: '12px system-ui, sans-serif',
  };
  const plot = new uPlot(
    {
      width: Math.max(200, place.clientWidth),
      height,
      // Room for half of a date at the right edge.
      padding: [12, 40, 0, 0],
      tzDate: (time) => uPlot.tzDate(new Date(time * 1000), 'Etc/UTC'),
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { x: { time: true }, y: { range: (_plot, low, high) => rangeOf(points, low, high) } },
      axes: [
        { ...axis, space: 90, values: (_plot, ticks) => ticks.map(tickText) },
        { ...axis, size: 64, label: unit, labelSize: 18, labelFont: axis.font },
      ],
      series: [
        {},
        ...own.map((name) => {
          const line = lineOf(hardware.indexOf(name));
          return {
            label: name,
            stroke: () => colour(line.variable),
            width: 2,
            dash: [...line.dash],
            spanGaps: true,
            points: { show: true, size: 7, fill: () => colour(line.variable) },
          };
        }),
      ],
      hooks: {
        draw: [(drawn) => drawMarks(drawn, points, hardware)],
        setCursor: [({ cursor }) => pointed(cursor.idx ?? undefined)],
      },
    },
    [times, ...lines],
    place,
  );
  const resized = new ResizeObserver(() => plot.setSize({ width: Math.max(200, place.clientWidth), height }));
  resized.observe(place);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const redraw = () => plot.redraw();
  scheme.addEventListener('change', redraw);
  return {
    move: (index) => plot.setCursor({ left: plot.valToPos(times[index] ?? 0, 'x'), top: 0 }),
    destroy: () => {
      resized.disconnect();
      scheme.removeEventListener('change', redraw);
      plot.destroy();
    },
  };
}

/** The day in UTC; the time where ticks are closer than days. */
function tickText(seconds: number): string {
  const text = new Date(seconds * 1000).toISOString();
  return seconds % 86_400 === 0 ? text.slice(0, 10) : text.slice(11, 16);
}

/** Intervals are drawn, so they must have room; a flat line gets some too. */
function rangeOf(points: HistorySeries['points'], low: number | null, high: number | null): [number, number] {
  const ends = points.flatMap((point) => [point.low, point.high]).filter((end) => end !== undefined);
  const known = [...ends, ...(low === null ? [] : [low]), ...(high === null ? [] : [high])];
  const [least, most] = [Math.min(...known), Math.max(...known)];
  if (known.length === 0) return [0, 1];
  const room = (most - least) * 0.08 || Math.abs(most) * 0.05 || 1;
  return [least - room, most + room];
}
