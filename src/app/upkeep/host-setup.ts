import type { Call, HostSetupReport } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { Dependencies } from '../dependencies.ts';

export interface HostSetupOptions {
  readonly check: boolean;
  readonly dryRun: boolean;
  readonly interactive: boolean;
}

/** Files of a new workspace by name: config.yaml and the schema for editors. */
export type WorkspaceSeeds = Readonly<Record<string, string>>;

/** Looks, installs what is missing, seeds the workspace; a second run changes nothing. */
export async function hostSetup(
  deps: Dependencies,
  call: Call,
  options: HostSetupOptions,
  seeds: WorkspaceSeeds,
): Promise<HostSetupReport> {
  const installer = await deps.installer();
  const before = await installer.inspect(call.signal);
  const install = await installer.planInstall(before);
  const changes = !options.check && !options.dryRun;
  if (install && changes) {
    if (deps.offline)
      fail('host.tool-missing', `${install.packages.join(', ')} cannot be installed: --offline was given.`, {
        next: ['sysmonvm host-setup --check'],
      });
    call.report({ kind: 'step', step: `install ${install.packages.join(' ')}`, state: 'running' });
    await installer.install(install, {
      interactive: options.interactive,
      onLine: (line) => call.report({ kind: 'console', line }),
      signal: call.signal,
    });
    call.report({ kind: 'step', step: `install ${install.packages.join(' ')}`, state: 'done' });
  }
  const tools = install && changes ? await installer.inspect(call.signal) : before;
  const created = changes ? await seedWorkspace(deps, seeds) : [];
  return {
    tools,
    installed: install !== undefined && changes,
    workspace: { path: deps.directories.workspace, created },
    ...(install ? { install } : {}),
  };
}

/** Never touches what exists. */
async function seedWorkspace(deps: Dependencies, seeds: WorkspaceSeeds): Promise<readonly string[]> {
  const { workspace } = deps.directories;
  const created: string[] = [];
  for (const directory of [workspace, `${workspace}/bin`, `${workspace}/vms`]) {
    if (await deps.files.exists(directory)) continue;
    await deps.files.makeDirectory(directory, directory.endsWith('/vms') ? 0o700 : 0o755);
    created.push(directory);
  }
  for (const [name, content] of Object.entries(seeds)) {
    const path = `${workspace}/${name}`;
    if (await deps.files.exists(path)) continue;
    await deps.files.write(path, content);
    created.push(path);
  }
  return created;
}
