import { z } from 'zod';
import { fail } from '../../errors/sysmonvm-error.ts';
import type { BootTime } from '../boot/boot-artifacts.ts';
import type { KeptBoot } from '../boot/history-summary.ts';
import { failInvalid, type ResultFile } from '../judging/result-file.ts';
import {
  bootReportSchema,
  bootTimeSchema,
  durationSchema,
  markersSchema,
  measurementsSchema,
  timeSchema,
} from './artifact-schemas.ts';
import type { ToldMeasurements, ToldReport } from './raw-inputs.ts';

/*
 * Files of ours (with a schema_version) must be as their schemas say. Those of other tools may lack keys and have
 * others; what they have of the contract must be of its type.
 */

const told = z.string().nullish().default(null);
const moment = timeSchema.nullish().default(null);

const toldMeasurements = z.object({
  architecture: told,
  boot_timestamp: moment,
  boot_duration_ms: durationSchema.optional().default(null),
  qemu_mode: told,
  timestamp: moment,
  disk_image: told,
  boot_log: told,
  debug_log: told,
});

const toldReport = z.object({ timestamp: moment, architecture: told, boot_markers: markersSchema });

const toldBootTime = z.object({
  arch: z.string().min(1).exactOptional(),
  timestamp: timeSchema,
  boot_duration_ms: durationSchema,
  qemu_mode: told,
  markers: markersSchema.exactOptional(),
});

/** @throws bench.result-invalid */
export function readMeasurements(file: ResultFile): ToldMeasurements {
  return isOurs(file) ? checked(file, measurementsSchema) : checked(file, toldMeasurements);
}

/** @throws bench.result-invalid */
export function readBootReport(file: ResultFile): ToldReport {
  return isOurs(file) ? checked(file, bootReportSchema) : checked(file, toldReport);
}

/** `name`: of the directory of the run. @throws bench.result-invalid */
export function readBootTime(file: ResultFile, name: string): KeptBoot {
  const boot: Omit<KeptBoot, 'name'> = isOurs(file)
    ? checked<BootTime>(file, bootTimeSchema)
    : checked(file, toldBootTime);
  return { ...boot, name };
}

function isOurs({ values }: ResultFile): boolean {
  return typeof values === 'object' && values !== null && 'schema_version' in values;
}

function checked<T>(file: ResultFile, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(file.values);
  if (parsed.success) return parsed.data;
  return failInvalid(
    file,
    parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message })),
  );
}

/** One thing that two files tell differently. */
interface Disagreement {
  readonly what: string;
  readonly told: readonly (readonly [by: string, value: string])[];
}

/** @throws bench.artifacts-contradict naming every disagreement */
export function refuseDisagreements(directory: string, found: readonly Disagreement[]): void {
  if (found.length === 0) return;
  const lines = found.map(
    ({ what, told: sides }) => `${what}: ${sides.map(([by, value]) => `${value} in ${by}`).join(', ')}`,
  );
  fail('bench.artifacts-contradict', `The files in ${directory} contradict each other. ${lines.join('; ')}.`, {
    details: { directory, contradictions: lines },
    next: [`ls -l ${directory}`],
  });
}

/** Every value that is told, when there are two of them. */
export function disagreement(
  what: string,
  sides: readonly (readonly [by: string, value: string | number | null | undefined])[],
): readonly Disagreement[] {
  const values = sides.flatMap(([by, value]) =>
    value === null || value === undefined ? [] : [[by, String(value)] as const],
  );
  return new Set(values.map(([, value]) => value)).size > 1 ? [{ what, told: values }] : [];
}
