import { fail } from '../../core/errors/sysmonvm-error.ts';
import { vmNamePattern, vmNameRule } from '../../core/ids/vm-name.ts';

/** Of a VM or a template, where it does not come out of the configuration, which checks it. */
export function requireName(name: string, what: 'VM' | 'template'): void {
  // NAME.lock lies beside what is locked.
  if (vmNamePattern.test(name) && !name.endsWith('.lock')) return;
  fail('usage.invalid-argument', `"${name}" cannot be the name of a ${what}: ${vmNameRule}.`, { details: { name } });
}
