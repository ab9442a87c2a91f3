import {
  type BootReport,
  contractTime,
  type Measurements,
  type ToldMeasurements,
  type ToldReport,
} from '../artifacts/raw-inputs.ts';
import type { UsageTotals } from '../usage/usage-totals.ts';
import type { ObservedBoot } from './observed-boot.ts';

/** Names in the directory of a run, and of the latest copies beside the runs. */
export const artifactNames = {
  bootTime: 'boot_time.json',
  resources: 'resource_timeseries.csv',
  bootLog: 'boot.log',
  debugLog: 'qemu-debug.log',
  summary: 'summary.json',
} as const;

export interface RunIdentity {
  readonly guest: string;
  readonly arch: string;
  readonly runId: string;
  readonly iteration: number;
  readonly label?: string;
  /** Which of the repetitions is not counted, because it only warms caches. */
  readonly warmup: boolean;
  readonly directory: string;
}

/**
 * boot_time.json. The first six fields are those of the artifact contract; a duration is null when none was observed.
 * Merged from the files of another tool it has nothing of what only we record.
 */
export interface BootTime
  extends Partial<
      Pick<Measurements, 'guest' | 'run_id' | 'iteration' | 'label' | 'warmup' | 'outcome' | 'installation' | 'failure'>
    >,
    Partial<Pick<BootReport, 'lanes' | 'guest_boot' | 'guest_problem' | 'slow_units' | 'marker_table' | 'metrics'>>,
    Partial<Pick<Measurements, 'machine'>> {
  readonly arch: string;
  readonly timestamp: string;
  readonly qemu_mode: string | null;
  readonly boot_duration_ms: number | null;
  readonly markers: Readonly<Record<string, number>>;
  readonly paths: {
    readonly boot_log: string | null;
    readonly debug_log: string | null;
    readonly disk_image: string | null;
  };
  readonly schema_version: 1;
  /** Why there is no duration, where no failure says it. */
  readonly no_duration_reason?: string;
  readonly usage: UsageTotals & Partial<Measurements['usage']> & { readonly samples: number };
}

/** What one boot leaves for the merger. `at`: when it is written. */
export function rawInputsOf(
  observed: ObservedBoot,
  totals: UsageTotals,
  run: RunIdentity,
  at: number,
): { readonly measurements: Measurements; readonly report: BootReport } {
  const { usage, failure, guest, guestProblem, slowUnits, machine, markerTable, metrics } = observed;
  const identity = { schema_version: 1, run_id: run.runId, iteration: run.iteration } as const;
  return {
    measurements: {
      architecture: run.arch,
      boot_timestamp: contractTime(observed.startedAt),
      boot_duration_ms: observed.totalMs === undefined ? null : Math.round(observed.totalMs),
      qemu_mode: qemuMode(observed),
      timestamp: contractTime(at),
      disk_image: observed.diskImage,
      boot_log: `${run.directory}/${artifactNames.bootLog}`,
      debug_log: `${run.directory}/${artifactNames.debugLog}`,
      ...identity,
      guest: run.guest,
      ...(run.label === undefined ? {} : { label: run.label }),
      warmup: run.warmup,
      outcome: observed.outcome,
      ...(observed.installation ? { installation: true } : {}),
      ...(failure === undefined ? {} : { failure }),
      usage: {
        ...totals,
        samples: usage.samples.length,
        interval_ms: usage.intervalMs,
        missed: usage.missed,
        truncated: usage.truncated,
        sampler_cpu_seconds: usage.cost.cpuSeconds,
      },
      machine,
    },
    report: {
      timestamp: contractTime(at),
      architecture: run.arch,
      container: machine.container ?? null,
      boot_markers: Object.fromEntries(observed.markers.map(({ name, afterMs }) => [name, Math.round(afterMs) / 1000])),
      ...identity,
      lanes: observed.lanes,
      ...(guest === undefined ? {} : { guest_boot: guest }),
      ...(guestProblem === undefined ? {} : { guest_problem: guestProblem }),
      ...(slowUnits === undefined ? {} : { slow_units: slowUnits }),
      ...(markerTable === undefined ? {} : { marker_table: markerTable }),
      ...(metrics === undefined
        ? {}
        : { metrics: metrics.map(({ afterMs, ...metric }) => ({ ...metric, after_ms: Math.round(afterMs) })) }),
    },
  };
}

function qemuMode({ machine, accelerationUsable }: ObservedBoot): string {
  if (machine.accelerator !== 'tcg') return machine.accelerator.toUpperCase();
  return accelerationUsable ? 'TCG' : 'TCG (No KVM available)';
}

export interface MergeInputs {
  /** Absent: no duration was measured, whatever else is known. */
  readonly measurements?: ToldMeasurements;
  readonly report: ToldReport;
  /** What the time series alone tells; used where the measurements have no account of their own. */
  readonly sampled: BootTime['usage'];
  /** For a log whose place nobody told. */
  readonly bootLog: string;
  readonly arch: string;
}

/** The merger: what was timed, seen and sampled becomes one document. */
export function mergeBootTime({ measurements, report, sampled, bootLog, arch }: MergeInputs): BootTime {
  const duration = measurements?.boot_duration_ms ?? null;
  const { guest, run_id, iteration, label, warmup, outcome, installation, failure, machine } = measurements ?? {};
  const { lanes, guest_boot, guest_problem, slow_units, marker_table, metrics } = report;
  const reason =
    measurements === undefined
      ? 'there is no measurements-*.json, so nobody timed this boot'
      : 'boot_duration_ms of the measurements is null: no duration was observed';
  return {
    arch,
    timestamp: measurements?.boot_timestamp ?? measurements?.timestamp ?? report.timestamp ?? '',
    qemu_mode: measurements?.qemu_mode ?? null,
    boot_duration_ms: duration === null ? null : Math.round(duration),
    markers: report.boot_markers,
    paths: {
      boot_log: measurements?.boot_log ?? bootLog,
      debug_log: measurements?.debug_log ?? null,
      disk_image: measurements?.disk_image ?? null,
    },
    schema_version: 1,
    ...(duration === null && failure === undefined ? { no_duration_reason: reason } : {}),
    ...known({ guest, run_id, iteration, label, warmup, outcome, installation, failure }),
    ...known({ lanes, guest_boot, guest_problem, slow_units, marker_table, metrics }),
    usage: measurements?.usage ?? sampled,
    ...known({ machine }),
  };
}

/** Of a boot of ours, of which everything is known. */
export function bootTimeOf(raw: ReturnType<typeof rawInputsOf>): BootTime {
  const { usage, boot_log: bootLog, architecture: arch } = raw.measurements;
  return mergeBootTime({ ...raw, sampled: usage, bootLog, arch });
}

type Known<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function known<T extends object>(facts: T): Known<T> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Known<T>;
}
