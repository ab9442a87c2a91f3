import type { Finding } from '../../../core/engine.ts';
import { explainKvmDevice } from '../../../core/facts/kvm-access.ts';
import { lookAtKvm } from '../kvm-device.ts';
import { ok, warning } from './finding-text.ts';

/** Only whether the device may be opened; whether it works is for the acceleration probe to say. */
export async function kvmFinding(device = '/dev/kvm'): Promise<Finding> {
  const explanation = explainKvmDevice(await lookAtKvm(device));
  if (explanation === undefined) return ok('kvm', '/dev/kvm may be opened by this user');
  return warning('kvm', `${explanation.reason}; guests are emulated`, explanation.remedy);
}
