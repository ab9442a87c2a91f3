import { z } from 'zod';
import { bootLaneSchema } from '../../wire/vm-document.ts';
import type { BootTime } from '../boot/boot-artifacts.ts';
import type { HistorySummary } from '../boot/history-summary.ts';
import { machineSchema } from '../result-set-schema.ts';
import type { BootReport, Measurements } from './raw-inputs.ts';

/** A moment with its zone, or as the local clock of the machine showed it. */
export const timeSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/, { error: 'expected a time of ISO 8601' });
export const durationSchema = z.number().positive({ error: 'expected milliseconds above 0 or null' }).nullable();
export const markersSchema = z.record(z.string(), z.number().min(0));

const utc = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const wholeMs = z.int().positive();
const count = z.int().min(0);
const bytes = z.int().min(0).exactOptional();
const outcome = z.enum(['completed', 'failed', 'timeout']);
const installation = z.literal(true).exactOptional().describe('not a boot: what took that long was an installation');
const failure = z.object({ code: z.string(), message: z.string() });

const span = z.object({ name: z.string(), startMs: z.number(), endMs: z.number().exactOptional() });
const moment = z.number().exactOptional();
const guestBoot = z.object({
  zeroAt: z.number().describe('epoch milliseconds of the host when the guest’s clock was 0'),
  zeroErrorMs: z.number().describe('how far off that may be'),
  systemd: z
    .object({
      firmwareMs: moment,
      loaderMs: moment,
      initrdMs: moment,
      userspaceMs: moment,
      finishMs: moment,
      units: z.array(span),
    })
    .exactOptional(),
  cloudInit: z.array(span).exactOptional(),
});

const totals = {
  cpuSeconds: z.number().min(0).exactOptional().describe('processor seconds of QEMU'),
  cpuPercentAverage: z.number().exactOptional().describe('percent of one processor'),
  residentMaxBytes: bytes,
  readBytes: bytes,
  writeBytes: bytes,
  samples: count.describe('rows of resource_timeseries.csv'),
};
const sampling = {
  interval_ms: z.number().min(0),
  missed: count.describe('moments of the schedule that passed unused'),
  truncated: z.boolean(),
  sampler_cpu_seconds: z.number().min(0).describe('what the sampling itself took'),
};

const run = {
  guest: z.string().min(1),
  run_id: z.string().min(1),
  iteration: z.int().positive(),
  warmup: z.boolean().describe('kept and not counted'),
  outcome,
};
const seen = {
  guest_boot: guestBoot.exactOptional(),
  guest_problem: z.string().exactOptional().describe('why guest_boot is absent'),
  slow_units: z.array(z.string()).exactOptional().describe('by systemd’s own account, slowest first'),
  marker_table: z.string().exactOptional().describe('of a medium: the table that says which marker means booted'),
  metrics: z
    .array(z.object({ name: z.string(), value: z.number(), unit: z.string(), after_ms: z.number().min(0) }))
    .exactOptional()
    .describe('METRIC lines of the guest’s console, in their order'),
};
const lanes = z.array(bootLaneSchema).describe('spans in milliseconds since the start of QEMU');
const version = z.literal(1);
const markers = markersSchema.describe('seconds since the start of QEMU');

export const measurementsSchema: z.ZodType<Measurements> = z.object({
  architecture: z.string().min(1),
  boot_timestamp: utc.describe('start of QEMU'),
  boot_duration_ms: wholeMs.nullable().describe('null: no duration was observed'),
  qemu_mode: z.string(),
  timestamp: utc.describe('when this was written'),
  disk_image: z.string(),
  boot_log: z.string(),
  debug_log: z.string(),
  schema_version: version,
  ...run,
  installation,
  label: z.string().exactOptional(),
  failure: failure.exactOptional(),
  usage: z.object({ ...totals, ...sampling }),
  machine: machineSchema,
});

export const bootReportSchema: z.ZodType<BootReport> = z.object({
  timestamp: utc.describe('when this was written'),
  architecture: z.string().min(1),
  container: z.string().nullable(),
  boot_markers: markers,
  whitepaper_comparison: z
    .object({
      architecture: z.string(),
      measured_ms: z.number().nullable(),
      estimated_ms: z.number().nullable(),
      error_percent: z.number().nullable(),
      status: z.enum(['VERIFIED', 'NEEDS_VALIDATION']),
    })
    .exactOptional()
    .describe('only of a tool that was given an estimate'),
  schema_version: version,
  run_id: run.run_id,
  iteration: run.iteration,
  lanes,
  ...seen,
});

export const bootTimeSchema: z.ZodType<BootTime> = z.object({
  arch: z.string().min(1),
  timestamp: timeSchema.describe('start of QEMU, UTC; without measurements the time of the report, as it stood there'),
  qemu_mode: z.string().nullable(),
  boot_duration_ms: wholeMs.nullable().describe('null: no duration was observed'),
  markers,
  paths: z.object({
    boot_log: z.string().nullable(),
    debug_log: z.string().nullable(),
    disk_image: z.string().nullable(),
  }),
  schema_version: version,
  no_duration_reason: z.string().exactOptional(),
  guest: run.guest.exactOptional(),
  run_id: run.run_id.exactOptional(),
  iteration: run.iteration.exactOptional(),
  warmup: run.warmup.exactOptional(),
  outcome: outcome.exactOptional(),
  installation,
  label: z.string().exactOptional(),
  failure: failure.exactOptional(),
  lanes: lanes.exactOptional(),
  ...seen,
  usage: z.object({
    ...totals,
    interval_ms: sampling.interval_ms.exactOptional(),
    missed: sampling.missed.exactOptional(),
    truncated: sampling.truncated.exactOptional(),
    sampler_cpu_seconds: sampling.sampler_cpu_seconds.exactOptional(),
  }),
  machine: machineSchema.exactOptional(),
});

const ms = z.int().min(0).nullable();

export const summarySchema: z.ZodType<HistorySummary> = z.object({
  arch: z.string().min(1),
  run_count: count.describe('boots that have a duration'),
  min_ms: ms,
  max_ms: ms,
  avg_ms: ms.describe('the mean'),
  recent: z
    .array(z.object({ run_id: z.string(), timestamp: timeSchema, boot_duration_ms: wholeMs }))
    .max(10)
    .describe('the last ten, oldest first'),
  schema_version: version,
  guest: z.string(),
  failed_count: count,
  timeout_count: count,
  other_count: count.describe('boots made on another machine or in another way than the newest'),
  median_ms: ms,
  stdev_ms: ms,
  mad_ms: ms.describe('median absolute deviation'),
  p90_ms: ms,
  confidence_interval_ms: z
    .tuple([z.int(), z.int()])
    .nullable()
    .describe('of the median, with 95 % confidence; null of too few boots'),
});
