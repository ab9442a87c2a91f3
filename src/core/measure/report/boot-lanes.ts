import type { BootLane, BootSpan } from './waterfall-svg.ts';

const sourceWords: Readonly<Record<string, string>> = {
  host: 'clock of the host',
  console: 'serial console, time of receipt',
  systemd: 'monotonic clock of the guest',
  'cloud-init': 'wall clock of the guest',
};

/** Lanes as they are kept, with their sources in words. */
export const drawnLanes = (lanes: readonly BootLane[]): readonly BootLane[] =>
  lanes.map((lane) => ({ ...lane, source: sourceWords[lane.source] ?? lane.source }));

/** Of a `boot_time.json`: seconds from the start of QEMU, by marker. Each span begins at the marker before it. */
export function laneOfMarkers(title: string, markers: Readonly<Record<string, number>>): BootLane {
  const ordered = Object.entries(markers).sort(([, a], [, b]) => a - b);
  const spans = ordered.map(
    ([name, seconds], index): BootSpan => ({
      name,
      startMs: (ordered[index - 1]?.[1] ?? 0) * 1000,
      endMs: seconds * 1000,
    }),
  );
  return { title, source: 'markers of boot_time.json', spans };
}
