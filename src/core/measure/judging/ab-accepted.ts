import type { DifferenceName } from './compare-fingerprints.ts';

/** What each setting changes in the fingerprint of a machine. */
const changedBy: Readonly<Record<string, readonly DifferenceName[]>> = {
  cpus: ['cpus'],
  'cpu-model': ['cpu'],
  memory: ['memory'],
  boot: ['firmware'],
  // A built image is booted by its kernel, a vendor's by the firmware.
  image: ['firmware'],
  accel: ['accelerator', 'emulation', 'cpu'],
  'machine-type': ['machine-type'],
};

/** Differences that two configurations were asked to have; of every other one the judge is told. */
export function acceptedBySettings(names: readonly string[]): readonly DifferenceName[] {
  return [...new Set(names.flatMap((name) => changedBy[name] ?? []))];
}
