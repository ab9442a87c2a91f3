import type { VmConfig } from '../config/vm-config.ts';
import type { Call } from '../operation.ts';
import type { ObservedBoot } from './boot/observed-boot.ts';
import type { BootMediumRequest } from './boot-medium.ts';
import type { Comparison } from './comparison.ts';
import type { JudgingWishes } from './judging/compare-results.ts';
import type { MeasuredSeries, ResultSet } from './result-set.ts';

/** A machine for a guest that is not ours, without what differs from boot to boot; what is left out is chosen. */
export type MediumConfiguration = Omit<
  BootMediumRequest,
  'outputDirectory' | 'timeoutMs' | 'onProcess' | 'onVerdict' | 'arch' | 'markers'
> & { readonly arch?: string; readonly markers?: string };

interface Varied {
  /** What is varied, as it was typed; part of the key of every series. */
  readonly parameters: MeasuredSeries['parameters'];
}

/** A VM of one of our images. */
export interface VmConfiguration extends Varied {
  readonly config: VmConfig;
}

/** One of the machines that are booted in turns. */
export type BootConfiguration = VmConfiguration | (Varied & { readonly medium: MediumConfiguration });

export interface BootSeriesRequest {
  /** At least one; all of the same architecture, and either VMs or media. */
  readonly configurations: readonly BootConfiguration[];
  /** Counted repetitions of each. */
  readonly iterations: number;
  /** Repetitions before them, which are kept and not counted. */
  readonly warmup: number;
  readonly label?: string;
  readonly runId?: string;
  /** Name of the guest in paths and results; default: the image, or the medium's file. */
  readonly guest?: string;
  /** Root of the artifacts; default: `metrics` of the workspace. */
  readonly out?: string;
  /** A fork of the configuration's template instead of a boot. */
  readonly warm: boolean;
  readonly timeoutMs?: number;
  readonly sampleIntervalMs: number;
  readonly commit?: string;
}

export interface MeasuredRun {
  readonly iteration: number;
  readonly parameters: MeasuredSeries['parameters'];
  readonly warmup: boolean;
  readonly outcome: ObservedBoot['outcome'];
  readonly totalMs?: number;
  readonly directory: string;
  readonly failure?: { readonly code: string; readonly message: string };
}

export interface BootSeriesResult {
  readonly result: ResultSet;
  /** metrics/<guest>/<arch> */
  readonly directory: string;
  readonly resultPath: string;
  readonly runs: readonly MeasuredRun[];
  /** The last completed boot, for drawing it. */
  readonly lanes: ObservedBoot['lanes'];
}

/** Two configurations in turns. */
export interface AbRequest extends Omit<BootSeriesRequest, 'configurations' | 'iterations'> {
  readonly a: VmConfiguration;
  readonly b: VmConfiguration;
  /** Boots a side; undefined: as many as the pilot asks for. */
  readonly iterations?: number;
  /** Boots a side that show how the boots spread. */
  readonly pilot: number;
  /** Boots a side that are never exceeded. */
  readonly most: number;
  /** `metrics` is what is judged, and what the number of boots is for. */
  readonly judging: JudgingWishes & { readonly metrics: readonly string[] };
}

/** How many boots were made a side, and why. */
export interface AbNumber {
  readonly perSide: number;
  /** Absent where the number was asked for. */
  readonly pilot?: {
    readonly perSide: number;
    /** Absent where the pilot does not show it. */
    readonly needed?: number;
  };
  readonly sentence: string;
}

export interface AbSide {
  readonly settings: MeasuredSeries['parameters'];
  readonly result: ResultSet;
  readonly resultPath: string;
}

export interface AbResult {
  readonly a: AbSide;
  readonly b: AbSide;
  readonly number: AbNumber;
  readonly directory: string;
  readonly runs: readonly MeasuredRun[];
  /** A is the baseline, B what is judged. */
  readonly comparison: Comparison;
  /** Wishes of the request, and what was asked to differ between the sides and is therefore accepted. */
  readonly judgedBy: AbRequest['judging'];
}

export interface BootOperations {
  /** Each boot in a VM of its own that is removed afterwards. What was measured before an interruption is kept. */
  series(request: BootSeriesRequest, call: Call): Promise<BootSeriesResult>;
  /** Both in turns, as many as it takes, and the judgement of B by A. Interrupted as a series. */
  ab(request: AbRequest, call: Call): Promise<AbResult>;
}
