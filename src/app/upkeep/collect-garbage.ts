import type { Call, Removal } from '../../core/engine.ts';
import type { Dependencies } from '../dependencies.ts';
import { destroyVm } from '../vm/destroy-vm.ts';
import { recoverAbandoned, whyAbandoned } from '../vm/recover-abandoned.ts';

/** What crashes left, templates of `--warm` that have outlived their use, what has outlived its ttl, and, with an age, VMs that do not run and are older. */
export async function collectGarbage(
  deps: Dependencies,
  call: Call,
  options: { readonly olderThanMs?: number; readonly dryRun: boolean },
): Promise<readonly Removal[]> {
  const removals: Removal[] = [...(await collectPools(deps, call, options))];
  const { vms, broken } = await deps.store.list();
  const now = deps.clock.now();
  for (const vm of vms) {
    const reason = (await whyAbandoned(deps, vm)) ?? whyExpired(vm, now, options.olderThanMs);
    if (!reason) continue;
    removals.push({
      what: `VM ${vm.identity.name}`,
      path: vm.directory,
      reason,
      bytes: await deps.files.usage(vm.directory),
    });
    if (!options.dryRun && !(await whyAbandoned(deps, vm)))
      await destroyVm(deps, call, vm.identity.name, { dryRun: false });
  }
  for (const { id, directory, problem } of broken) {
    removals.push({
      what: `unreadable VM ${id}`,
      path: directory,
      reason: problem,
      bytes: await deps.files.usage(directory),
    });
    if (!options.dryRun) await deps.store.remove(id);
  }
  removals.push(...(await collectTemplates(deps, call, options)));
  if (options.dryRun) return removals;
  const recovered = await recoverAbandoned(deps, { ...call, report: () => undefined });
  return [...removals, ...recovered.filter((r) => !removals.some((known) => known.path === r.path))];
}

async function collectPools(
  deps: Dependencies,
  call: Call,
  options: { readonly dryRun: boolean },
): Promise<readonly Removal[]> {
  if (!(await deps.files.exists(`${deps.store.workspace}/pools`))) return [];
  const { drainPools } = await import('../pool/destroy-pool.ts');
  return drainPools(deps, call, options);
}

async function collectTemplates(
  deps: Dependencies,
  call: Call,
  options: { readonly dryRun: boolean },
): Promise<readonly Removal[]> {
  if (!(await deps.files.exists(`${deps.store.workspace}/templates`))) return [];
  const { outlivedTemplates } = await import('../template/outlived.ts');
  const { destroyTemplate } = await import('../template/list-templates.ts');
  const removals: Removal[] = [];
  for (const { template, reason } of await outlivedTemplates(deps, call.signal)) {
    const [removal] = await destroyTemplate(deps, call, template.name, options);
    if (removal) removals.push({ ...removal, reason });
  }
  return removals;
}

type Listed = Awaited<ReturnType<Dependencies['store']['list']>>['vms'][number];

function whyExpired(vm: Listed, now: number, olderThanMs: number | undefined): string | undefined {
  const age = now - vm.identity.createdAt;
  // Its pool decides; without one it is of no use.
  if (vm.identity.pool) return vm.identity.pool.expiresAt < now ? 'its time to live as a member is over' : undefined;
  const ttl = vm.plan?.ttlMs;
  if (ttl !== undefined && age > ttl) return `its time to live of ${Math.round(ttl / 60_000)} min is over`;
  const { kind } = vm.recorded.state;
  if (olderThanMs !== undefined && age > olderThanMs && (kind === 'stopped' || kind === 'failed'))
    return `it is ${kind} and older than asked`;
  return undefined;
}
