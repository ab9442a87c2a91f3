import { existsSync } from 'node:fs';
import { arch, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dependencies, Directories } from './app/dependencies.ts';
import { createEngine } from './app/engine.ts';
import type { Compose } from './cli/compose-types.ts';
import { ownVersion } from './cli/own-version.ts';
import { fail } from './core/errors/sysmonvm-error.ts';
import type { GuestArch } from './core/host-facts.ts';
import { defaultDirectories } from './host/facts/directories.ts';
import { holdNoise } from './host/process/hold-noise.ts';
import { once } from './host/process/once.ts';
import { createProcessIdentities } from './host/process/process-identities.ts';
import { createProcessMemories } from './host/process/process-memory.ts';
import { atExit, stopJob, whenContinued, whenStopAsked } from './host/process/signals.ts';
import { systemClock } from './host/process/system-clock.ts';
import { findWorkspace } from './host/store/find-workspace.ts';
import { createImageLockFiles } from './host/store/image-lock-files.ts';
import { createKnownWorkspaces } from './host/store/known-workspaces.ts';
import { sha256 } from './host/store/sha256.ts';
import { createTextFiles } from './host/store/text-files.ts';
import { createVmStore } from './host/store/vm-store.ts';

/**
 * The composition root: the only file that knows both app and host. What is costly to load is imported when it is
 * first needed.
 */
export const compose: Compose = async ({ workspace: asked, env, cwd, offline: askedOffline }) => {
  const places = await defaultDirectories(env, process.platform, homedir());
  const workspace = await findWorkspace({
    env,
    cwd,
    dataDirectory: places.data,
    ...(asked === undefined ? {} : { asked }),
  });
  const directories: Directories = { workspace, cache: places.cache, state: places.state, runtime: places.runtime };
  const clock = systemClock;
  const files = createTextFiles(clock);
  const processes = createProcessIdentities();
  const offline = askedOffline === true || ['1', 'true', 'yes'].includes(env['SYSMONVM_OFFLINE'] ?? '');
  const storeLocks = { runner: processes, clock };
  const known = createKnownWorkspaces(join(directories.state, 'workspaces'), files);
  const ownStore = createVmStore(workspace, files, storeLocks);
  const templatesOf = async (of: string) =>
    (await import('./host/store/template-store.ts')).createTemplateStore(of, files, storeLocks);
  const runner = once(async () => (await import('./host/process/process-runner.ts')).createProcessRunner({ env }));
  const facts = once(async () =>
    (await import('./host/facts/host-facts-source.ts')).createHostFactsSource({
      runner: await runner(),
      cacheDir: directories.cache,
      env,
    }),
  );
  const images = once(async () => {
    const { createImageCache } = await import('./host/images/create-image-cache.ts');
    return createImageCache({ directory: join(directories.cache, 'images'), runner: await runner(), clock });
  });
  const dependencies: Dependencies = {
    directories,
    clock,
    files,
    resultFiles: once(async () => (await import('./host/store/result-files.ts')).createResultFiles()),
    processes,
    processMemory: createProcessMemories(processes),
    processTimes: once(async () =>
      (await import('./host/process/process-times.ts')).createProcessTimes(processes, runner),
    ),
    usageSampler: once(async () => (await import('./host/process/usage-sampler.ts')).createUsageSampler()),
    runner,
    facts,
    images,
    ownPid: process.pid,
    hostArch: hostArchitecture(),
    home: homedir(),
    store: {
      ...ownStore,
      register: async (identity, state) => {
        await known.note(workspace);
        return ownStore.register(identity, state);
      },
    },
    renewalProgram: once(async () => (await import('./host/render/template-text.ts')).templateText('guest/renewal.py')),
    templates: once(() => templatesOf(workspace)),
    pools: once(async () => (await import('./host/store/pool-store.ts')).createPoolStore(workspace, files, storeLocks)),
    startDetached: async (args, options) => {
      const { createStartDetached } = await import('./host/process/start-detached.ts');
      const program = [process.execPath, process.argv[1] ?? ''];
      const own = offline ? { SYSMONVM_OFFLINE: '1' } : {};
      return createStartDetached(program, { ...env, ...own, SYSMONVM_WORKSPACE: workspace })(args, options);
    },
    knownTemplates: async () => Promise.all([...new Set([workspace, ...(await known.list())])].map(templatesOf)),
    knownStores: async () => [
      ownStore,
      ...(await known.list())
        .filter((other) => other !== workspace)
        .map((other) => createVmStore(other, files, storeLocks)),
    ],
    offline,
    ownVersion,
    randomHex: (bytes) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex'),
    digestOfText: (text) => `sha256:${sha256(text)}`,
    digestOfFile: async (path, expected) =>
      (await import('./host/images/file-digest.ts')).checkedFileDigest(path, expected),
    leases: once(async () =>
      (await import('./host/leases/create-port-leases.ts')).createPortLeases({
        directory: directories.state,
        runner: processes,
        clock,
      }),
    ),
    launcher: once(async () =>
      (await import('./host/qemu/launcher.ts')).createLauncher({ runner: processes, files, clock, env }),
    ),
    runProgram: once(async () => (await import('./host/process/run-program.ts')).createRunProgram(env)),
    workloadFiles: once(async () => (await import('./host/store/workload-files.ts')).readWorkloadFiles),
    bundledWorkloads: join(packageDirectory(), 'workloads'),
    shell: once(async () => (await import('./host/ssh/guest-shell.ts')).createGuestShell()),
    renewalChannels: once(async () =>
      (await import('./host/agent/renewal-channel.ts')).createRenewalChannels({ clock }),
    ),
    pageAssets: once(async () => (await import('./host/render/page-assets.ts')).pageAssets()),
    commandInput: once(async () => (await import('./host/agent/command-input.ts')).readCommandInput),
    agents: once(async () => (await import('./host/agent/guest-agent.ts')).createGuestAgents(clock)),
    disks: once(async () => (await import('./host/disks/create-disks.ts')).createDisks({ runner: await runner() })),
    checkerTools: once(async () =>
      (await import('./host/bundle/checker-tools.ts')).createCheckerTools({
        packageDirectory: packageDirectory(),
        directories,
        runner: await runner(),
        env,
        offline,
      }),
    ),
    lockFiles: createImageLockFiles({ packageDirectory: packageDirectory(), workspace, files, lock: storeLocks }),
    signatures: once(async () =>
      (await import('./host/images/signatures/create-signature-checker.ts')).createSignatureChecker(),
    ),
    vendorFiles: once(async () => (await import('./host/images/vendor-files.ts')).createVendorFiles({}, { offline })),
    seed: once(async () =>
      (await import('./host/seed-iso/create-seed-builder.ts')).createSeedBuilder({
        runner: await runner(),
        platform: process.platform === 'darwin' ? 'darwin' : 'linux',
      }),
    ),
    mediaFiles: once(async () => (await import('./host/measure/media-files.ts')).createMediaFiles()),
    mediumMachines: once(async () => {
      const { createMediumMachines } = await import('./host/measure/medium-machines.ts');
      return createMediumMachines({ runner: await runner(), env });
    }),
    trialMachines: once(async () => {
      const { createTrialMachines } = await import('./host/facts/trial-machines.ts');
      return createTrialMachines(directories.cache, env, process.platform === 'darwin' ? 'darwin' : 'linux');
    }),
    installer: once(async () =>
      (await import('./host/packages/tool-installer.ts')).createToolInstaller({
        runner: await runner(),
        env,
      }),
    ),
    guestIdentity: once(async () => (await import('./host/render/guest-identity-source.ts')).guestIdentitySource),
    hostServices: once(async () =>
      (await import('./host/services/create-host-services.ts')).createHostServices({ runner: await runner() }),
    ),
    inspection: once(async () => {
      const { createHostInspection } = await import('./host/inspection/host-inspection.ts');
      const { hostFindings } = await import('./host/facts/host-findings.ts');
      return createHostInspection({ runner: await runner(), facts: await facts(), findings: hostFindings });
    }),
  };
  const configPath = join(workspace, 'config.yaml');
  return {
    configPath,
    workspacePath: workspace,
    engine: createEngine(dependencies, workspaceSeeds),
    readConfigFile: async () => (await import('./host/store/config-file.ts')).readConfigFile(configPath),
    imageChoices: async () =>
      (await dependencies.lockFiles.merged()).images.map(({ id, arch: imageArch, kind }) => ({
        id,
        arch: imageArch,
        kind,
      })),
    job: { stopJob, whenStopAsked, whenContinued, atExit, holdNoise },
    runAttached: async (tool, args, signal) =>
      (await import('./host/process/run-attached.ts')).runAttached(await runner(), tool, args, signal),
    openSocket: async (path, signal) => {
      const { connect } = await import('node:net');
      return new Promise((resolve, reject) => {
        const socket = connect(path);
        signal.addEventListener('abort', () => socket.destroy(), { once: true });
        socket.once('error', reject);
        socket.once('connect', () => {
          socket.off('error', reject);
          resolve(socket);
        });
      });
    },
  };
};

async function workspaceSeeds(): Promise<Readonly<Record<string, string>>> {
  const [{ seedConfigText }, { configJsonSchema }] = await Promise.all([
    import('./core/config/seed-config.ts'),
    import('./core/config/json-schema.ts'),
  ]);
  return { 'config.yaml': seedConfigText(), 'config.schema.json': `${JSON.stringify(configJsonSchema(), null, 2)}\n` };
}

function hostArchitecture(): GuestArch {
  const name = arch();
  if (name === 'x64') return 'x86_64';
  if (name === 'arm64') return 'aarch64';
  return fail('host.unsupported', `hosts of architecture ${name} are not supported; x86_64 and aarch64 are`);
}

/** The root of the package, above src/ and above dist/cli/. */
function packageDirectory(): string {
  for (let directory = dirname(fileURLToPath(import.meta.url)); ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'images.lock.json'))) return directory;
    if (dirname(directory) === directory)
      return fail('image.lock-invalid', 'images.lock.json is not part of this installation');
  }
}
