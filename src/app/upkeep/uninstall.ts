import type { Call, Removal } from '../../core/engine.ts';
import type { Dependencies } from '../dependencies.ts';
import { destroyVm } from '../vm/destroy-vm.ts';

/** Everything we ever put on the host: VMs, images, leases, sockets, the workspace's own files. Packages stay. */
export async function uninstall(
  deps: Dependencies,
  call: Call,
  options: { readonly dryRun: boolean },
): Promise<readonly Removal[]> {
  const { directories } = deps;
  const removals: Removal[] = [...(await poolsOf(deps, call, options))];
  for (const vm of (await deps.store.list()).vms) {
    removals.push({
      what: `VM ${vm.identity.name}`,
      path: vm.directory,
      reason: 'uninstall',
      bytes: await deps.files.usage(vm.directory),
    });
    if (!options.dryRun) await destroyVm(deps, call, vm.identity.name, { dryRun: false });
  }
  const foreign = await vmsElsewhere(deps);
  const keepShared = foreign.length > 0;
  const places = [
    { what: 'pools', path: `${directories.workspace}/pools` },
    { what: 'templates', path: `${directories.workspace}/templates` },
    { what: 'VM directories', path: `${directories.workspace}/vms` },
    { what: 'programs', path: `${directories.workspace}/bin` },
    { what: 'packages', path: `${directories.workspace}/packages` },
    { what: 'configuration', path: `${directories.workspace}/config.yaml` },
    { what: 'schema of the configuration', path: `${directories.workspace}/config.schema.json` },
    { what: 'lock file of images', path: deps.lockFiles.workspacePath },
    { what: 'keys', path: `${directories.workspace}/keys` },
    ...(keepShared
      ? []
      : [
          { what: 'image cache', path: directories.cache },
          { what: 'port leases', path: directories.state },
          { what: 'sockets', path: directories.runtime },
        ]),
  ];
  for (const place of places) {
    if (!(await deps.files.exists(place.path))) continue;
    removals.push({ ...place, reason: 'uninstall', bytes: await deps.files.usage(place.path) });
    if (!options.dryRun) await deps.files.remove(place.path);
  }
  if (keepShared) {
    const text = `the shared cache stays: it is in use by ${foreign.join(', ')}`;
    call.report({ kind: 'notice', level: 'warning', text });
  }
  return removals;
}

/** First: a refill that is at work would make VMs again. */
async function poolsOf(
  deps: Dependencies,
  call: Call,
  options: { readonly dryRun: boolean },
): Promise<readonly Removal[]> {
  if (!(await deps.files.exists(`${deps.directories.workspace}/pools`))) return [];
  const { destroyPool } = await import('../pool/destroy-pool.ts');
  const removals: Removal[] = [];
  for (const { template } of await (await deps.pools()).list())
    removals.push(...(await destroyPool(deps, call, template, options)));
  return options.dryRun ? removals.slice(0, 0) : removals;
}

/** Leases and base images of VMs in other workspaces are not ours to remove. */
async function vmsElsewhere(deps: Dependencies): Promise<readonly string[]> {
  const { workspace } = deps.store;
  const leases = (await (await deps.leases()).list()).filter((lease) => lease.workspace !== workspace);
  const others = (await deps.knownStores()).filter((store) => store.workspace !== workspace);
  const listed = await Promise.all(
    others.map(async (store) => (await store.list()).vms.map((vm) => `${vm.identity.name} in ${store.workspace}`)),
  );
  return [...new Set([...leases.map((lease) => `${lease.vmName} in ${lease.workspace}`), ...listed.flat()])];
}
