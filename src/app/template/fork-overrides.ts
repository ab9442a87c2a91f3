import type { VmConfig } from '../../core/config/vm-config.ts';
import type { ForkOverrides } from '../../core/warm-operations.ts';

/** What of a configuration a fork may have of its own. */
export async function forkOverrides(config: VmConfig): Promise<ForkOverrides> {
  const { portWishes } = await import('../../core/plan/make-plan.ts');
  const { name, hostname, ttlMs } = config;
  return {
    name: name.value,
    ports: portWishes(config),
    ...(hostname.value === undefined ? {} : { hostname: hostname.value }),
    ...(ttlMs.value === undefined ? {} : { ttlMs: ttlMs.value }),
  };
}
