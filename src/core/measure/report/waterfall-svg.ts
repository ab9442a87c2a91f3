import { formatDuration } from '../../units/duration.ts';
import { linearScale, niceTicks, round, type Scale, shortened, textWidth } from './drawing.ts';
import { type Markup, markup, trusted } from './markup.ts';

export interface BootSpan {
  readonly name: string;
  /** From the common zero of all lanes. */
  readonly startMs: number;
  readonly endMs: number;
}

/** Spans of one source; what another source saw is another lane. */
export interface BootLane {
  readonly title: string;
  readonly source: string;
  readonly spans: readonly BootSpan[];
  /** How far the whole lane may be shifted against the others. */
  readonly shiftErrorMs?: number;
}

const width = 860;
const margin = 16;
const gap = 8;
const rowHeight = 22;
const headHeight = 34;
const barHeight = 14;
const axisHeight = 30;
const titleHeight = 34;
const labelMost = 240;

export const waterfallStyle = `.wf-back{fill:#fff}.wf-text{fill:#1f2328;font:12px system-ui,-apple-system,"Segoe UI",sans-serif;paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}
.wf-title{font-weight:600;font-size:15px}.wf-head{font-weight:600}.wf-soft{fill:#59636e}.wf-in{fill:#fff;stroke:none}
.wf-bar{fill:#2563c9;print-color-adjust:exact}.wf-grid{stroke:#d1d9e0;stroke-width:1;fill:none}
@media screen and (prefers-color-scheme:dark){.wf-back{fill:#0d1117}.wf-text{fill:#e6edf3;stroke:#0d1117}.wf-soft{fill:#9198a1}
.wf-in{fill:#0d1117;stroke:none}.wf-bar{fill:#79b0ff}.wf-grid{stroke:#3d444d}}`;

/** A file of its own: its style and background with it. */
export const waterfallFile = (title: string, lanes: readonly BootLane[]): string =>
  `${drawn(title, lanes, 'waterfall', markup`<style>${trusted(waterfallStyle)}</style>\n<rect class="wf-back" width="100%" height="100%"/>`).markup}\n`;

/** For a page that has `waterfallStyle`; `id` is unique in it. */
export const waterfallDrawing = (title: string, lanes: readonly BootLane[], id: string): Markup =>
  drawn(title, lanes, id, trusted(''));

function drawn(title: string, lanes: readonly BootLane[], id: string, before: Markup): Markup {
  const spans = lanes.flatMap((lane) => lane.spans);
  const total = Math.max(1, ...spans.map(({ endMs }) => endMs));
  const labels = Math.min(labelMost, Math.max(60, ...spans.map(({ name }) => textWidth(name))));
  const left = margin + labels + gap;
  const right = width - margin - textWidth(formatDuration(Math.round(total))) / 2;
  const scale = linearScale(0, total, left, right);
  let y = titleHeight;
  const rows = lanes.map((lane) => {
    const top = y;
    y += headHeight + Math.max(1, lane.spans.length) * rowHeight;
    return laneRows(lane, top, scale, labels);
  });
  const bottom = y + gap;
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + axisHeight}" width="${width}" height="${bottom + axisHeight}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${description(lanes)}</desc>
${before}
${axis(total, scale, bottom)}
<text class="wf-text wf-title" x="${margin}" y="22">${shortened(title, (width - 2 * margin) * 0.8)}</text>
${rows}
</svg>`;
}

function axis(total: number, scale: Scale, bottom: number): Markup {
  const ticks = niceTicks(0, total, 8).map((at) => ({ at, x: round(scale(at)) }));
  return markup`${ticks.map(({ at, x }) => markup`<path class="wf-grid" d="M${x} ${titleHeight + 4}V${bottom + 4}"/><text class="wf-text wf-soft" x="${x}" y="${bottom + 20}" text-anchor="middle">${formatDuration(at)}</text>\n`)}`;
}

function laneRows({ title, source, spans, shiftErrorMs }: BootLane, top: number, scale: Scale, labels: number): Markup {
  const shift = shiftErrorMs === undefined ? '' : ` · against the others ± ${time(shiftErrorMs)}`;
  const head = shortened(`${title} · ${source}${shift}`, width - 2 * margin);
  const first = top + headHeight;
  const rows = spans.map((span, index) => spanRow(span, first + index * rowHeight, scale, labels));
  const nothing = markup`<text class="wf-text wf-soft" x="${margin}" y="${first + 12}">nothing was seen</text>\n`;
  return markup`<text class="wf-text wf-head" x="${margin}" y="${top + 22}">${head}</text>\n${spans.length === 0 ? nothing : rows}`;
}

function spanRow(span: BootSpan, top: number, scale: Scale, labels: number): Markup {
  const x = scale(span.startMs);
  const barWidth = Math.max(2, scale(span.endMs) - x);
  const taken = time(span.endMs - span.startMs);
  const place = timePlace(x, barWidth, textWidth(taken), margin + labels + gap);
  const baseline = top + barHeight - 1;
  return markup`<g><title>${spanText(span)}</title><text class="wf-text" x="${margin}" y="${baseline}">${shortened(span.name, labels)}</text><rect class="wf-bar" x="${round(x)}" y="${top + 1}" width="${round(barWidth)}" height="${barHeight}" rx="2"/><text class="wf-text ${place.inside ? 'wf-in' : 'wf-soft'}" x="${round(place.x)}" y="${baseline}" text-anchor="${place.anchor}">${taken}</text></g>\n`;
}

/** After the bar; before it where the picture ends; within it when it fills the line. */
function timePlace(x: number, barWidth: number, needed: number, left: number) {
  const end = x + barWidth;
  if (end + gap + needed <= width - margin / 2) return { x: end + gap, anchor: 'start', inside: false };
  if (x - gap - needed >= left) return { x: x - gap, anchor: 'end', inside: false };
  return { x: end - gap, anchor: 'end', inside: true };
}

const time = (ms: number) => formatDuration(Math.round(ms));
const spanText = ({ name, startMs, endMs }: BootSpan) =>
  `${name}: ${time(startMs)} to ${time(endMs)}, ${time(endMs - startMs)}`;

const description = (lanes: readonly BootLane[]): string =>
  lanes
    .map(({ title, source, spans, shiftErrorMs }) => {
      const shift = shiftErrorMs === undefined ? '' : `, against the others ± ${time(shiftErrorMs)}`;
      const told = spans.length === 0 ? 'nothing was seen' : spans.map(spanText).join('; ');
      return `${title}, source ${source}${shift}: ${told}.`;
    })
    .join(' ');
