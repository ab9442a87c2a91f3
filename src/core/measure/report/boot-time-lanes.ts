import { z } from 'zod';
import { drawnLanes, laneOfMarkers } from './boot-lanes.ts';
import type { BootLane } from './waterfall-svg.ts';

const time = z.number().min(0);
const span = z
  .object({ name: z.string(), startMs: z.number(), endMs: z.number() })
  .refine(({ startMs, endMs }) => startMs <= endMs, 'a span ends before it begins');

/** What a boot_time.json tells about the stages of a boot; the rest of it is not asked for. */
export const bootTimeSchema = z.object({
  markers: z.record(z.string(), time),
  run_id: z.string().optional(),
  iteration: z.int().optional(),
  lanes: z
    .array(
      z.object({
        title: z.string(),
        source: z.string(),
        spans: z.array(span),
        shiftErrorMs: time.exactOptional(),
      }),
    )
    .optional(),
});

export interface DrawnBoot {
  readonly title: string;
  readonly lanes: readonly BootLane[];
}

/** Lanes where the file has them, else its markers. */
export function drawnBoot(
  file: string,
  { markers, lanes, run_id, iteration }: z.infer<typeof bootTimeSchema>,
): DrawnBoot {
  const run = run_id === undefined ? file : `Run ${run_id}`;
  const title = iteration === undefined ? run : `${run}, boot ${iteration}`;
  return { title, lanes: lanes === undefined ? [laneOfMarkers('boot', markers)] : drawnLanes(lanes) };
}
