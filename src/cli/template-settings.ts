import type { FieldKey } from '../core/config/field.ts';
import type { VmConfig } from '../core/config/vm-config.ts';
import { fail } from '../core/errors/sysmonvm-error.ts';
import type { ArgumentSpec } from './command-spec.ts';

export const templateArgument: ArgumentSpec = {
  name: 'name',
  description: 'name of the template',
  required: true,
  complete: 'template',
};

/** What a fork may have of its own; all else was frozen with the template. */
const own: readonly FieldKey[] = ['name', 'hostname', 'sshPort', 'ports', 'ttlMs', 'readyTimeoutMs', 'requireAccel'];

/** @throws usage.invalid-argument naming a setting that was typed and cannot count. */
export function refuseFrozenSettings(config: VmConfig, why: string, allowed: readonly FieldKey[] = own): void {
  for (const [key, sourced] of Object.entries(config)) {
    if (allowed.includes(key as FieldKey) || sourced?.origin.from !== 'flag') continue;
    fail('usage.invalid-argument', `${sourced.origin.name} cannot be chosen: ${why}.`, {
      details: { flag: sourced.origin.name },
    });
  }
}
