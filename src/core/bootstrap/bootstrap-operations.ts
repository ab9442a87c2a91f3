import type { Call } from '../operation.ts';
import type { Family } from './family.ts';
import type { BootstrapRecord, StepRecord } from './record.ts';
import type { StepChoice } from './select-steps.ts';
import type { BootstrapStep } from './steps.ts';

export interface BootstrapRequest extends Omit<StepChoice, 'inputs'> {
  /** undefined: what /etc/os-release of the guest says. */
  readonly family?: Family;
  /** Lines for /etc/environment. */
  readonly proxy?: string;
  /** A PEM file of the host. */
  readonly authorityFile?: string;
}

export interface StepState {
  readonly step: BootstrapStep;
  /** undefined: not tried in this VM yet. */
  readonly record?: StepRecord;
}

export interface BootstrapReport {
  readonly vm: string;
  /** undefined: the VM does not exist, or was never bootstrapped. */
  readonly guest?: Pick<BootstrapRecord, 'family' | 'system' | 'profile'>;
  readonly steps: readonly StepState[];
}

export interface BootstrapOperations {
  /** @throws bootstrap.step-failed; what was done until then is recorded */
  run(name: string, request: BootstrapRequest, call: Call): Promise<BootstrapReport>;
  /** Every step and what the record of the VM says of it; asks no guest. */
  list(name: string): Promise<BootstrapReport>;
}
