import type { ObservedBoot } from '../boot/observed-boot.ts';
import type { UsageTotals } from '../usage/usage-totals.ts';

/** `measurements-<stamp>.json`: what the run itself knows. The first eight keys are those of the artifact contract. */
export interface Measurements {
  readonly architecture: string;
  readonly boot_timestamp: string;
  readonly boot_duration_ms: number | null;
  readonly qemu_mode: string;
  /** When this was written. */
  readonly timestamp: string;
  readonly disk_image: string;
  readonly boot_log: string;
  readonly debug_log: string;
  readonly schema_version: 1;
  readonly guest: string;
  readonly run_id: string;
  readonly iteration: number;
  readonly label?: string;
  readonly warmup: boolean;
  readonly outcome: ObservedBoot['outcome'];
  /** Not a boot: what took that long was an installation. */
  readonly installation?: true;
  readonly failure?: { readonly code: string; readonly message: string };
  readonly usage: SampledUsage;
  readonly machine: ObservedBoot['machine'];
}

type SampledUsage = UsageTotals & {
  readonly samples: number;
  readonly interval_ms: number;
  readonly missed: number;
  readonly truncated: boolean;
  readonly sampler_cpu_seconds: number;
};

/** `boot-report-<stamp>.json`: what was recognised while the guest booted. */
export interface BootReport {
  readonly timestamp: string;
  readonly architecture: string;
  readonly container: string | null;
  /** Seconds since the start of QEMU. */
  readonly boot_markers: Readonly<Record<string, number>>;
  /** Only of a tool that was given an estimate. */
  readonly whitepaper_comparison?: {
    readonly architecture: string;
    readonly measured_ms: number | null;
    readonly estimated_ms: number | null;
    readonly error_percent: number | null;
    readonly status: 'VERIFIED' | 'NEEDS_VALIDATION';
  };
  readonly schema_version: 1;
  readonly run_id: string;
  readonly iteration: number;
  readonly lanes: ObservedBoot['lanes'];
  readonly guest_boot?: ObservedBoot['guest'];
  readonly guest_problem?: string;
  readonly slow_units?: readonly string[];
  /** Of a medium: the table that says which marker means booted. */
  readonly marker_table?: string;
  /** METRIC lines of the guest's console, in their order. */
  readonly metrics?: readonly {
    readonly name: string;
    readonly value: number;
    readonly unit: string;
    readonly after_ms: number;
  }[];
}

type Nullable<T> = { readonly [P in keyof T]: T[P] | null };
type MeasurementKeys =
  | 'architecture'
  | 'boot_timestamp'
  | 'boot_duration_ms'
  | 'qemu_mode'
  | 'timestamp'
  | 'disk_image'
  | 'boot_log'
  | 'debug_log';
type ReportKeys = 'timestamp' | 'architecture';

/** The same as other tools write it: a key may be absent there (null here), and none of ours need be there. */
export type ToldMeasurements = Nullable<Pick<Measurements, MeasurementKeys>> &
  Partial<Omit<Measurements, MeasurementKeys>>;

export type ToldReport = Nullable<Pick<BootReport, ReportKeys>> &
  Pick<BootReport, 'boot_markers'> &
  Partial<Omit<BootReport, ReportKeys | 'boot_markers'>>;

/** `2026-11-02_10-00-00`, the end of the names of both files. */
export function inputStamp(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-');
}

/** `2026-11-02T10:00:00Z`, the form of every moment in these files. */
export function contractTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
