import { homedir, arch as nodeArch } from 'node:os';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { installCommands } from '../../core/facts/install-commands.ts';
import { isDebianFamily } from '../../core/facts/os-release.ts';
import type { GuestArch } from '../../core/host-facts.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import type { InstallPlan, ToolFinding, ToolInstaller } from '../../core/ports/tool-installer.ts';
import { quoteWords } from '../../core/ssh/shell-quoting.ts';
import { findFirmware } from '../facts/find-firmware.ts';
import { findQemuPath } from '../facts/find-qemu.ts';
import { once } from '../process/once.ts';
import { type FirmwareFound, inspectTools } from './inspect-tools.ts';
import { aptListsAreStale, choosePackageManager, readOsRelease } from './package-choice.ts';
import { runInstall } from './run-install.ts';

export interface ToolInstallerDeps {
  readonly runner: Pick<ProcessRunner, 'run' | 'which'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  readonly arch?: GuestArch;
  readonly userId?: number;
  readonly nodeVersion?: string;
  readonly osReleasePath?: string;
  readonly aptListsPath?: string;
  readonly firmware?: (arch: GuestArch) => Promise<FirmwareFound | undefined>;
}

/** A path is looked for anew each time; only digests are worth keeping. */
const withoutCache = { read: async () => undefined, write: async () => undefined };

export function createToolInstaller(deps: ToolInstallerDeps): ToolInstaller {
  const { runner } = deps;
  const platform = (deps.platform ?? process.platform) === 'darwin' ? 'darwin' : 'linux';
  const arch = deps.arch ?? (nodeArch() === 'arm64' ? 'aarch64' : 'x86_64');
  const root = (deps.userId ?? process.getuid?.()) === 0;
  const osRelease = once(async () => (platform === 'darwin' ? '' : readOsRelease(deps.osReleasePath)));
  const qemuPath = (guestArch: GuestArch) =>
    findQemuPath({ runner, env: deps.env, platform, hostArch: arch, cache: withoutCache }, guestArch);
  const firmwareOnDisk = async (guestArch: GuestArch) => {
    const qemu = await qemuPath(guestArch).catch(() => undefined);
    const place = { arch: guestArch, env: deps.env, home: deps.env['HOME'] ?? homedir() };
    return findFirmware({ ...place, ...(qemu === undefined ? {} : { qemuPath: qemu }) });
  };
  // Not kept: the person may install Homebrew between two looks.
  const packageContext = async () => choosePackageManager(runner.which, platform, await osRelease());

  return {
    async inspect(signal) {
      return inspectTools({
        runner,
        host: { platform, arch, root, debianFamily: isDebianFamily(await osRelease()) },
        packages: await packageContext(),
        qemuPath,
        firmware: deps.firmware ?? firmwareOnDisk,
        nodeVersion: deps.nodeVersion ?? process.versions.node,
        ...(signal === undefined ? {} : { signal }),
      });
    },

    async planInstall(findings) {
      const lacking = findings.filter(isInstallable);
      if (lacking.length === 0) return undefined;
      const context = await packageContext();
      if (context === undefined) return noPackageManager(platform, lacking);
      const packages = [...new Set(lacking.flatMap((finding) => finding.package ?? []))].sort();
      if (packages.length === 0) return undefined;
      const { manager } = context;
      const refreshLists =
        manager === 'apt' && (await aptListsAreStale(deps.aptListsPath ?? '/var/lib/apt/lists', Date.now()));
      return { manager, packages, commands: installCommands({ manager, packages, root, refreshLists }) };
    },

    async install(plan, options) {
      if (plan.manager === 'brew' && root) refuseRoot(plan);
      await runInstall(runner, plan, options);
    },
  };
}

/** Reported like tools, but nothing that a package manager of ours could bring. */
const neverInstalled: readonly string[] = ['Node', 'Homebrew'];

/** Optional tools are reported and left to the person; a known bad version is no better when installed again. */
function isInstallable({ required, status, tool }: ToolFinding): boolean {
  return required && (status === 'missing' || status === 'too-old') && !neverInstalled.includes(tool);
}

function noPackageManager(platform: 'linux' | 'darwin', lacking: readonly ToolFinding[]): never {
  const tools = lacking.map(({ tool }) => tool);
  const mac = platform === 'darwin';
  return fail(
    'host.package-manager-missing',
    `${tools.join(', ')}: missing or too old, and ${mac ? 'Homebrew is not installed' : 'none of apt-get, dnf, zypper and pacman is here'}`,
    {
      details: { tools },
      next: [
        mac
          ? 'Install Homebrew as https://brew.sh says, then: sysmonvm host-setup'
          : `Install by hand: ${tools.join(', ')}`,
      ],
    },
  );
}

function refuseRoot(plan: InstallPlan): never {
  return fail('host.permission', 'Homebrew must not be run as root, and does not allow it; nothing was installed', {
    details: { commands: plan.commands },
    next: [
      'sysmonvm host-setup   # as your own user, without sudo',
      ...plan.commands.map((command) => quoteWords(command)),
    ],
  });
}
