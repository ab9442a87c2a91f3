import type { DiskUse } from '../../core/engine.ts';
import type { Dependencies } from '../dependencies.ts';

/** What we hold on disk: images (shared by workspaces), templates, overlays and logs of each VM, interrupted downloads. */
export async function diskUse(deps: Dependencies): Promise<readonly DiskUse[]> {
  const uses: DiskUse[] = [];
  const { vms } = await deps.store.list();
  const images = await deps.images();
  for (const image of await images.list()) {
    const usedBy = vms.filter((vm) => vm.ledger.kept.baseImagePath === image.path).map((vm) => vm.identity.name);
    uses.push({
      what: 'image',
      name: `${image.id} (${image.arch})`,
      path: image.path,
      bytes: await deps.files.usage(image.path),
      usedBy,
    });
  }
  const { usersOf } = await import('../template/find-template.ts');
  const templates = await deps.templates();
  for (const template of (await templates.list()).templates) {
    const path = templates.directoryOf(template.name);
    const bytes = await deps.files.usage(path);
    uses.push({ what: 'template', name: template.name, path, bytes, usedBy: await usersOf(deps, template) });
  }
  for (const vm of vms) {
    const logs = `${vm.directory}/runs`;
    const logBytes = await deps.files.usage(logs);
    uses.push({
      what: 'vm',
      name: vm.identity.name,
      path: vm.directory,
      bytes: (await deps.files.usage(vm.directory)) - logBytes,
      usedBy: [],
    });
    if (logBytes > 0) uses.push({ what: 'logs', name: vm.identity.name, path: logs, bytes: logBytes, usedBy: [] });
  }
  const cacheBytes = await deps.files.usage(deps.directories.cache);
  const rest = cacheBytes - uses.filter((use) => use.what === 'image').reduce((sum, use) => sum + use.bytes, 0);
  if (rest > 0)
    uses.push({ what: 'other', name: 'rest of the cache', path: deps.directories.cache, bytes: rest, usedBy: [] });
  return uses;
}
