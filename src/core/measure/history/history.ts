import type { Change, Verdict } from '../comparison.ts';
import type { ChangeHint } from './change-point.ts';
import type { Trend } from './trend.ts';

/** What one run says about one series. Without a median nothing was measured: all repetitions failed. */
export interface HistoryPoint {
  readonly runId: string;
  readonly label?: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly commit?: string;
  readonly tier?: 1 | 2 | 3;
  /** Name of a group of `hardware`. */
  readonly hardware: string;
  /** What changed since the point before it on the same hardware, and does not forbid comparing. */
  readonly notes: readonly string[];
  readonly count: number;
  readonly failed: number;
  readonly timeout: number;
  readonly median?: number;
  /** Of the median, 95 %. */
  readonly low?: number;
  readonly high?: number;
  /** Of a comparison that was kept beside the results. */
  readonly change?: Change;
  readonly verdict?: Verdict;
}

/** Within one group of hardware; nothing is said across two. */
export interface Course {
  readonly hardware: string;
  readonly trend?: Trend;
  readonly hint?: ChangeHint & { readonly runId: string };
}

export interface HistorySeries {
  readonly guest: string;
  readonly arch: string;
  readonly workload: string;
  readonly metric: string;
  readonly unit: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** In the order of time. */
  readonly points: readonly HistoryPoint[];
  readonly courses: readonly Course[];
}

export interface History {
  readonly series: readonly HistorySeries[];
  readonly hardware: readonly { readonly name: string; readonly description: string }[];
  /** Files that are no results, with the reason. */
  readonly unreadable: readonly { readonly path: string; readonly problem: string }[];
}

/** Everything that is left out matches everything. */
export interface HistoryFilter {
  readonly guest?: string;
  readonly arch?: string;
  readonly workload?: string;
  readonly metric?: string;
  /** RFC 3339; both ends belong to it. */
  readonly since?: string;
  readonly until?: string;
}
