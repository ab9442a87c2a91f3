import type { SampleSummary } from '../comparison.ts';
import type { BootTime } from './boot-artifacts.ts';

/**
 * summary.json over the history of one guest and architecture. Only boots that were made like the newest one count
 * (same machine, same kind of start): an average over different machines says nothing.
 */
export interface HistorySummary {
  readonly arch: string;
  readonly run_count: number;
  readonly min_ms: number | null;
  readonly max_ms: number | null;
  readonly avg_ms: number | null;
  readonly recent: readonly {
    readonly run_id: string;
    readonly timestamp: string;
    readonly boot_duration_ms: number;
  }[];
  readonly schema_version: 1;
  readonly guest: string;
  readonly failed_count: number;
  readonly timeout_count: number;
  /** Boots of the history that were made on another machine or in another way. */
  readonly other_count: number;
  readonly median_ms: number | null;
  readonly stdev_ms: number | null;
  readonly mad_ms: number | null;
  readonly p90_ms: number | null;
  /** Of the median, with 95 % confidence. */
  readonly confidence_interval_ms: readonly [number, number] | null;
}

/** A boot_time.json of the history and the name of its directory. Of another tool it may have the first fields alone. */
export interface KeptBoot
  extends Pick<
      BootTime,
      | 'timestamp'
      | 'boot_duration_ms'
      | 'outcome'
      | 'machine'
      | 'warmup'
      | 'qemu_mode'
      | 'marker_table'
      | 'installation'
    >,
    Partial<Pick<BootTime, 'arch' | 'guest' | 'markers'>> {
  readonly name: string;
}

const recentCount = 10;

/** @param history every boot that is kept, in any order */
export function historySummary(
  identity: { readonly guest: string; readonly arch: string },
  history: readonly KeptBoot[],
  summarise: (values: readonly number[]) => SampleSummary | undefined,
): HistorySummary {
  const counted = history.filter(({ warmup }) => !warmup).sort(inTime);
  const newest = counted.at(-1);
  const alike = counted.filter((boot) => newest && kindOf(boot) === kindOf(newest));
  const completed = alike.flatMap((boot) =>
    boot.boot_duration_ms === null || outcomeOf(boot) !== 'completed' ? [] : [{ ...boot, ms: boot.boot_duration_ms }],
  );
  const sample = summarise(completed.map(({ ms }) => ms));
  const whole = (value: number | undefined): number | null => (value === undefined ? null : Math.round(value));
  return {
    arch: identity.arch,
    run_count: completed.length,
    min_ms: whole(sample?.min),
    max_ms: whole(sample?.max),
    avg_ms: whole(sample?.mean),
    recent: completed.slice(-recentCount).map(({ name, timestamp, ms }) => ({
      run_id: name,
      timestamp,
      boot_duration_ms: Math.round(ms),
    })),
    schema_version: 1,
    guest: identity.guest,
    failed_count: alike.filter((boot) => outcomeOf(boot) === 'failed').length,
    timeout_count: alike.filter((boot) => outcomeOf(boot) === 'timeout').length,
    other_count: counted.length - alike.length,
    median_ms: whole(sample?.median),
    stdev_ms: whole(sample?.stdev),
    mad_ms: whole(sample?.mad),
    p90_ms: whole(sample?.p90),
    confidence_interval_ms:
      sample?.low === undefined || sample.high === undefined ? null : [Math.round(sample.low), Math.round(sample.high)],
  };
}

/** Times have whole seconds; boots of the same one follow each other by their number. */
function inTime(a: KeptBoot, b: KeptBoot): number {
  const [one, other] = [a, b].map(({ timestamp }) => timestamp.slice(0, 19)) as [string, string];
  if (one !== other) return one < other ? -1 : 1;
  return a.name.localeCompare(b.name, 'en', { numeric: true });
}

/** Without a word about it: a boot that has no time was not completed. */
function outcomeOf({ outcome, boot_duration_ms }: KeptBoot): NonNullable<BootTime['outcome']> {
  return outcome ?? (boot_duration_ms === null ? 'failed' : 'completed');
}

/** Cold, warm or an installation, what counts as booted, and everything of the machine that makes it faster or slower. */
function kindOf({ machine, markers = {}, qemu_mode, marker_table, installation }: KeptBoot): string {
  const { qemuVersion: _, acceleratorReason: __, ...rest } = machine ?? {};
  return JSON.stringify([
    machine === undefined ? qemu_mode : Object.entries(rest).sort(),
    'state-loaded' in markers,
    marker_table ?? '',
    installation === true,
  ]);
}
