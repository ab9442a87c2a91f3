import type { Call } from '../operation.ts';
import type { Comparison } from './comparison.ts';
import type { Baseline } from './judging/baseline-file.ts';
import type { JudgingWishes } from './judging/compare-results.ts';
import type { MeasuredSeries } from './result-set.ts';

/** Which baseline; what is left out must follow from the result that it is compared with, or from there being only one. */
export interface BaselineReference {
  readonly tag: string;
  readonly arch?: string;
  readonly name?: string;
}

export type ResultReference =
  /** A file or a directory. */
  | { readonly kind: 'path'; readonly path: string }
  | ({ readonly kind: 'tag' } & BaselineReference)
  /** A boot time that was given instead of a file, and the option that gave it. */
  | { readonly kind: 'milliseconds'; readonly ms: number; readonly option: string };

export interface CompareRequest extends JudgingWishes {
  readonly baseline: ResultReference;
  readonly current: ResultReference;
  /** undefined: `baselines` of the workspace. */
  readonly directory?: string;
}

/** A comparison with every value that it was made of. */
export interface Compared {
  readonly comparison: Comparison;
  readonly values: { readonly baseline: readonly MeasuredSeries[]; readonly current: readonly MeasuredSeries[] };
}

export interface KeepRequest {
  readonly comparison: Comparison;
  /** Whole path of the file that was judged. */
  readonly result: string;
}

export interface KeptBaseline {
  readonly path: string;
  readonly baseline: Baseline;
}

export interface SetBaselineRequest {
  readonly tag: string;
  /** A file or directory with a result. */
  readonly from: string;
  readonly reason: string;
  readonly by?: string;
  /** Whom to name when neither `by` nor git says it. */
  readonly user?: string;
  /** Default: the guest, or of workloads `GUEST-workloads`. */
  readonly name?: string;
  readonly directory?: string;
  readonly replace: boolean;
}

export interface WriteAverageRequest {
  readonly summary: string;
  readonly out: string;
  readonly arch?: string;
  readonly note?: string;
}

export interface WrittenAverage {
  readonly path: string;
  readonly avgMs: number;
  readonly note: string;
}

export interface JudgingOperations {
  /** @throws bench.result-missing, bench.result-invalid, bench.baseline-missing */
  compare(request: CompareRequest, call: Call): Promise<Compared>;
  /**
   * Beside the result that was judged, where the history looks; never over an earlier one.
   * @returns its path, or undefined when the result does not lie among those of a history
   */
  keep(request: KeepRequest): Promise<string | undefined>;
  /** @throws bench.baseline-exists, bench.baseline-unfit */
  setBaseline(request: SetBaselineRequest, call: Call): Promise<KeptBaseline>;
  /** The older form, `{avg_ms, note}`. @throws bench.baseline-unfit */
  writeAverage(request: WriteAverageRequest, call: Call): Promise<WrittenAverage>;
  baselines(directory?: string): Promise<readonly KeptBaseline[]>;
  /** @throws bench.baseline-missing */
  baseline(reference: BaselineReference, directory?: string): Promise<KeptBaseline>;
}
