import { markTitles } from '../../view/boot-timeline.ts';
import type { BootMark } from '../../vm/vm-state.ts';
import type { GuestBoot, GuestSpan } from './guest-boot.ts';

/**
 * The spans of one source. Lanes lie below one another on the host's time axis and are never mixed: a span begins
 * and ends with moments of the same source.
 */
export interface BootLane {
  readonly source: 'host' | 'console' | 'systemd' | 'cloud-init';
  readonly title: string;
  readonly spans: readonly { readonly name: string; readonly startMs: number; readonly endMs: number }[];
  /** How far the whole lane may be shifted against the others; its spans among themselves are exact. */
  readonly shiftErrorMs?: number;
}

const hostSources: readonly BootMark['source'][] = ['host', 'qmp', 'ssh', 'guest'];

/** Milliseconds since the first mark of the host. Empty when nothing was seen. */
export function bootLanes(marks: readonly BootMark[], guest?: GuestBoot): readonly BootLane[] {
  const zero = Math.min(...marks.map(({ at }) => at));
  if (!Number.isFinite(zero)) return [];
  const lanes: BootLane[] = [
    { source: 'host', title: 'seen by the host', spans: spansOf(marks, hostSources, zero) },
    { source: 'console', title: 'on the console', spans: spansOf(marks, ['console'], zero) },
  ];
  if (guest?.systemd) {
    const { systemd } = guest;
    const spans = [...phasesOf(systemd), ...systemd.units];
    lanes.push(placed('systemd', 'told by systemd', spans, guest, zero));
  }
  if (guest?.cloudInit) lanes.push(placed('cloud-init', 'told by cloud-init', guest.cloudInit, guest, zero));
  return lanes.filter(({ spans }) => spans.length > 0);
}

/** Each mark ends a span that began with the mark of the same lane before it; the first one with the first mark. */
function spansOf(marks: readonly BootMark[], sources: readonly BootMark['source'][], zero: number): BootLane['spans'] {
  let before = 0;
  return marks
    .filter(({ source }) => sources.includes(source))
    .sort((a, b) => a.at - b.at)
    .map(({ name, at }) => {
      const span = { name: markTitles[name], startMs: before, endMs: at - zero };
      before = span.endMs;
      return span;
    });
}

function phasesOf(systemd: NonNullable<GuestBoot['systemd']>): readonly GuestSpan[] {
  const { initrdMs, userspaceMs, finishMs } = systemd;
  const kernelEnd = initrdMs ?? userspaceMs;
  return [
    ...(kernelEnd === undefined ? [] : [{ name: 'kernel', startMs: 0, endMs: kernelEnd }]),
    ...(initrdMs === undefined || userspaceMs === undefined
      ? []
      : [{ name: 'initrd', startMs: initrdMs, endMs: userspaceMs }]),
    ...(userspaceMs === undefined || finishMs === undefined
      ? []
      : [{ name: 'userspace', startMs: userspaceMs, endMs: finishMs }]),
  ];
}

function placed(
  source: BootLane['source'],
  title: string,
  spans: readonly GuestSpan[],
  guest: GuestBoot,
  zero: number,
): BootLane {
  const shift = guest.zeroAt - zero;
  return {
    source,
    title,
    shiftErrorMs: guest.zeroErrorMs,
    spans: spans
      .flatMap(({ name, startMs, endMs }) =>
        endMs === undefined ? [] : [{ name, startMs: startMs + shift, endMs: endMs + shift }],
      )
      .sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs),
  };
}
