/**
 * Which markers a console showed, and when. A line counts from the chunk in which the last byte that its pattern needs
 * came: a pattern that leaves the end of the line open is looked for in the unfinished line too. One that asks for the
 * end (a prompt) is believed of an unfinished line only when nothing more came for a moment; its time is still that of
 * the chunk.
 */
import { createConsoleLines } from './console-lines.ts';
import { type CompiledTable, compileTable } from './markers/compile-table.ts';
import type { MarkerTable } from './markers/marker-table.ts';

export interface SeenMarker {
  readonly name: string;
  readonly atMs: number;
  readonly line: string;
}

interface SeenFailure {
  readonly atMs: number;
  /** In the words of the table, with the guest's own reason behind it. */
  readonly message: string;
}

export interface MarkerWatch {
  readonly markers: readonly SeenMarker[];
  /** The marker that means booted. */
  readonly booted: SeenMarker | undefined;
  readonly failure: SeenFailure | undefined;
  feed(chunk: string, atMs: number): readonly string[];
  /** An unfinished line that stands since `quietMs` is judged as it is. */
  settle(nowMs: number): void;
  /** The unfinished line. */
  rest(): string;
}

export const quietMs = 60;
const quotedLength = 200;

export function createMarkerWatch(table: MarkerTable): MarkerWatch {
  const { markers, failures }: CompiledTable = compileTable(table);
  const lines = createConsoleLines();
  const seen: SeenMarker[] = [];
  let missing = markers;
  let booted: SeenMarker | undefined;
  let failure: SeenFailure | undefined;
  let restAt: number | undefined;

  function judge(line: string, atMs: number, finished: boolean): void {
    if (line === '') return;
    const found = missing.filter(({ regex, needsEnd }) => (finished || !needsEnd) && regex.test(line));
    if (found.length > 0) {
      missing = missing.filter((marker) => !found.includes(marker));
      for (const { name, ends } of found) {
        const marker = { name, atMs, line: line.trim().slice(0, quotedLength) };
        seen.push(marker);
        if (ends && failure === undefined) booted ??= marker;
      }
    }
    if (failure !== undefined || booted !== undefined) return;
    for (const { regex, needsEnd, what } of failures) {
      const match = finished || !needsEnd ? regex.exec(line) : null;
      if (match === null) continue;
      const reason = match[1]?.trim();
      failure = { atMs, message: reason ? `${what}: ${reason.slice(0, quotedLength)}` : what };
      return;
    }
  }

  return {
    get markers() {
      return seen;
    },
    get booted() {
      return booted;
    },
    get failure() {
      return failure;
    },
    feed(chunk, atMs) {
      const complete = lines.feed(chunk);
      for (const line of complete) judge(line, atMs, true);
      const rest = lines.rest();
      restAt = rest === '' ? undefined : atMs;
      judge(rest, atMs, false);
      return complete;
    },
    settle(nowMs) {
      if (restAt === undefined || nowMs - restAt < quietMs) return;
      judge(lines.rest(), restAt, true);
      restAt = undefined;
    },
    rest: () => lines.rest(),
  };
}
