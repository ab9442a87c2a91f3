import type { Call } from '../../core/engine.ts';
import type { PoolFacts } from '../../core/warm-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { findTemplate } from '../template/find-template.ts';
import { ensureFilled, poolFacts } from './pool-facts.ts';
import { refillPool } from './refill.ts';

const defaultTtlMs = 60 * 60_000;
const lockPatienceMs = 20_000;

/** Or gives a pool that is there another size and another time to live for members to come. */
export async function createPool(
  deps: Dependencies,
  call: Call,
  template: string,
  options: { readonly size: number; readonly ttlMs?: number; readonly wait: boolean },
): Promise<PoolFacts> {
  const pools = await deps.pools();
  const templates = await deps.templates();
  await findTemplate(deps, template);
  // The template cannot be destroyed between the look at it and the record that keeps it.
  const held = await templates.lock(template, 'make a pool', deps.clock.now() + lockPatienceMs, call.signal);
  try {
    const { id } = await findTemplate(deps, template);
    const before = await pools.load(template);
    const ttlMs = options.ttlMs ?? before?.ttlMs ?? defaultTtlMs;
    await pools.save({ schemaVersion: 1, template, templateId: id, size: options.size, ttlMs });
  } finally {
    await held.release();
  }
  if (options.wait) return refillPool(deps, call, template);
  const pool = { schemaVersion: 1, template, templateId: '', size: options.size, ttlMs: 0 } as const;
  const record = (await pools.load(template)) ?? pool;
  await ensureFilled(deps, record);
  return poolFacts(deps, record);
}
