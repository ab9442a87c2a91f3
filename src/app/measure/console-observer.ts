import type { TimedMetric } from '../../core/measure/boot-medium.ts';
import type { ConsoleScript } from '../../core/measure/console-script.ts';
import { createMarkerWatch, type MarkerWatch } from '../../core/measure/marker-watch.ts';
import type { MarkerTable } from '../../core/measure/markers/marker-table.ts';
import { metricsOfLine } from '../../core/measure/metric-line.ts';
import { createScriptAnswers, type ScriptAnswers } from '../../core/measure/script-answers.ts';

const keptMetrics = 10_000;
const keptLines = 15;

/** All that is taken from a console while it runs: markers, metrics, answers to its questions, its last lines. */
export interface ConsoleObserver {
  readonly watch: MarkerWatch;
  readonly answers: ScriptAnswers | undefined;
  readonly metrics: readonly TimedMetric[];
  readonly metricsLeftOut: number;
  tail(): readonly string[];
  feed(text: string, atMs: number): void;
  settle(nowMs: number): void;
}

export function observeConsole(
  table: MarkerTable,
  script: ConsoleScript | undefined,
  type: (text: string) => void,
): ConsoleObserver {
  const watch = createMarkerWatch(table);
  const answers = script && createScriptAnswers(script);
  const metrics: TimedMetric[] = [];
  let leftOut = 0;
  let tail: readonly string[] = [];
  const answer = (text: string | undefined): void => {
    if (text !== undefined && text !== '') type(text);
  };
  return {
    watch,
    answers,
    metrics,
    get metricsLeftOut() {
      return leftOut;
    },
    tail: () =>
      [...tail, watch.rest()]
        .map((line) => line.trimEnd())
        .filter(Boolean)
        .slice(-keptLines),
    feed(text, atMs) {
      const lines = watch.feed(text, atMs);
      for (const line of lines) {
        if (!line.includes('METRIC')) continue;
        for (const metric of metricsOfLine(line)) {
          if (metrics.length < keptMetrics) metrics.push({ ...metric, atMs });
          else leftOut += 1;
        }
      }
      if (lines.length > 0) tail = [...tail, ...lines.slice(-4 * keptLines)].slice(-4 * keptLines);
      answer(answers?.feed(lines, watch.rest(), atMs));
    },
    settle(nowMs) {
      watch.settle(nowMs);
      answer(answers?.settle(nowMs));
    },
  };
}
