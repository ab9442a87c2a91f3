import type uPlot from 'uplot';
import type { HistoryPoint } from '../core/measure/history/history.ts';
import { colour, lineOf } from './hardware-line.ts';

/** Over the lines: intervals, changes of hardware, runs without a value, and how a run was judged. */
export function drawMarks(plot: uPlot, points: readonly HistoryPoint[], hardware: readonly string[]): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  ctx.save();
  for (const [index, point] of points.entries()) {
    const x = placeOf(plot, point);
    const before = points[index - 1];
    if (before !== undefined && before.hardware !== point.hardware) {
      const middle = (placeOf(plot, before) + x) / 2;
      ctx.strokeStyle = colour('--soft');
      ctx.setLineDash([4 * scale, 4 * scale]);
      stroke(ctx, scale, [middle, bbox.top], [middle, bbox.top + bbox.height]);
      ctx.setLineDash([]);
    }
    if (point.low !== undefined && point.high !== undefined) {
      ctx.strokeStyle = colour(lineOf(hardware.indexOf(point.hardware)).variable);
      stroke(ctx, scale, [x, plot.valToPos(point.low, 'y', true)], [x, plot.valToPos(point.high, 'y', true)]);
    }
    if (point.median === undefined) {
      const [low, size] = [bbox.top + bbox.height - 8 * scale, 4 * scale];
      ctx.strokeStyle = colour('--bad');
      stroke(ctx, 2 * scale, [x - size, low - size], [x + size, low + size]);
      stroke(ctx, 2 * scale, [x - size, low + size], [x + size, low - size]);
    } else if (point.change === 'regressed' || point.change === 'improved') {
      ctx.strokeStyle = colour(point.change === 'regressed' ? '--bad' : '--good');
      ctx.lineWidth = 2 * scale;
      ctx.beginPath();
      ctx.arc(x, plot.valToPos(point.median, 'y', true), 7 * scale, 0, 2 * Math.PI);
      ctx.stroke();
    }
  }
  ctx.restore();
}

const placeOf = (plot: uPlot, { at }: HistoryPoint) => plot.valToPos(Date.parse(at) / 1000, 'x', true);

function stroke(
  ctx: CanvasRenderingContext2D,
  width: number,
  from: readonly [number, number],
  to: readonly [number, number],
) {
  ctx.lineWidth = width;
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
}
