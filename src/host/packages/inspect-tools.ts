import { realpath } from 'node:fs/promises';
import { hasCode } from '../../core/errors/sysmonvm-error.ts';
import { findKnownBadSets } from '../../core/facts/known-bad-sets.ts';
import { type PackageContext, packageFor } from '../../core/facts/tool-packages.ts';
import { isAtLeast } from '../../core/facts/versions.ts';
import { type ToolHost, type WantedTool, wantedTools } from '../../core/facts/wanted-tools.ts';
import { type GuestArch, guestArchs } from '../../core/host-facts.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import type { ToolFinding } from '../../core/ports/tool-installer.ts';

export interface FirmwareFound {
  readonly codePath: string;
  readonly version?: string;
}

export interface Inspection {
  readonly runner: Pick<ProcessRunner, 'run' | 'which'>;
  readonly host: ToolHost;
  readonly packages: PackageContext | undefined;
  readonly qemuPath: (arch: GuestArch) => Promise<string | undefined>;
  readonly firmware: (arch: GuestArch) => Promise<FirmwareFound | undefined>;
  readonly nodeVersion: string;
  readonly signal?: AbortSignal;
}

/** package.json says the same under `engines`. */
const minimumNodeVersion = '20.19';

/** Everything at once: the versions take as long as the slowest program, not as their sum. */
export async function inspectTools(inspection: Inspection): Promise<readonly ToolFinding[]> {
  const [tools, firmware] = await Promise.all([
    Promise.all(wantedTools(inspection.host).map((wanted) => inspectTool(wanted, inspection))),
    Promise.all(guestArchs.map((arch) => inspectFirmware(arch, inspection))),
  ]);
  const qemus = tools.slice(0, guestArchs.length);
  const others = tools.slice(guestArchs.length);
  return [...(await nameKnownBad(qemus, inspection)), ...firmware, ...others, nodeFinding(inspection.nodeVersion)];
}

async function inspectTool(wanted: WantedTool, inspection: Inspection): Promise<ToolFinding> {
  const { tool, required, neededFor, minimumVersion, presentNote, missingNote } = wanted;
  const packageName = packageOf(wanted.packageKey, inspection);
  const facts = {
    tool,
    required,
    neededFor,
    ...(minimumVersion === undefined ? {} : { minimumVersion }),
    ...(packageName === undefined ? {} : { package: packageName }),
  };
  const found = await locate(wanted, inspection);
  if (found === undefined) return { ...facts, status: 'missing', ...noteOf(missingNote) };
  if ('problem' in found) return { ...facts, status: 'missing', note: found.problem };
  const version = await versionOf(wanted, found.path, inspection);
  const tooOld = minimumVersion !== undefined && version !== undefined && !isAtLeast(version, minimumVersion);
  const unread = wanted.version !== undefined && version === undefined ? 'its version could not be read' : undefined;
  const note = wanted.programs.length > 1 && found.program !== tool ? found.program : presentNote;
  return {
    ...facts,
    status: tooOld ? 'too-old' : 'present',
    path: found.path,
    ...(version === undefined ? {} : { version }),
    ...noteOf(unread ?? (tooOld ? undefined : note)),
  };
}

interface Located {
  readonly program: string;
  readonly path: string;
}

async function locate(
  { programs, qemuFor }: WantedTool,
  { runner, qemuPath }: Inspection,
): Promise<Located | { readonly problem: string } | undefined> {
  if (qemuFor !== undefined) {
    try {
      const path = await qemuPath(qemuFor);
      return path === undefined ? undefined : { program: `qemu-system-${qemuFor}`, path };
    } catch (error) {
      // The environment names a QEMU that is not there.
      if (hasCode(error, 'host.tool-missing')) return { problem: error.message };
      throw error;
    }
  }
  for (const program of programs) {
    const path = await runner.which(program);
    if (path !== undefined) return { program, path };
  }
  return undefined;
}

/** Programs tell their version on either stream, and some with an exit code of their own. */
async function versionOf(
  wanted: WantedTool,
  path: string,
  { runner, signal }: Inspection,
): Promise<string | undefined> {
  if (wanted.version === undefined) return undefined;
  const { stdout, stderr } = await runner.run(path, wanted.version.args, {
    acceptExitCodes: 'any',
    ...(signal === undefined ? {} : { signal }),
  });
  return wanted.version.parse(`${stdout}\n${stderr}`);
}

async function inspectFirmware(arch: GuestArch, inspection: Inspection): Promise<ToolFinding> {
  const found = await inspection.firmware(arch);
  const packageName = packageOf(`firmware-${arch}`, inspection);
  return {
    tool: `UEFI firmware (${arch})`,
    status: found === undefined ? 'missing' : 'present',
    required: arch === inspection.host.arch,
    neededFor: `starts ${arch} guests`,
    ...(found === undefined ? {} : { path: found.codePath }),
    ...(found?.version === undefined ? {} : { version: found.version }),
    ...(packageName === undefined ? {} : { package: packageName }),
  };
}

function packageOf(key: string, { packages, host }: Inspection): string | undefined {
  if (packages === undefined) return undefined;
  // Enterprise Linux has a QEMU for its own architecture only.
  const foreign = key.startsWith('qemu-system-') && key !== `qemu-system-${host.arch}`;
  return foreign && packages.enterpriseLinux === true ? undefined : packageFor(key, packages);
}

function nodeFinding(version: string): ToolFinding {
  return {
    tool: 'Node',
    status: isAtLeast(version, minimumNodeVersion) ? 'present' : 'too-old',
    required: true,
    path: process.execPath,
    version,
    minimumVersion: minimumNodeVersion,
    neededFor: 'runs sysmonvm',
  };
}

/** The host's own QEMU is the one that HVF accelerates. */
async function nameKnownBad(qemus: readonly ToolFinding[], inspection: Inspection): Promise<readonly ToolFinding[]> {
  const { host } = inspection;
  const own = qemus.find(({ tool }) => tool === `qemu-system-${host.arch}`);
  if (host.platform !== 'darwin' || own?.version === undefined || own.path === undefined) return qemus;
  const [macos, chip, prefix] = await Promise.all([
    saidBy(inspection, 'sw_vers', ['-productVersion']),
    saidBy(inspection, 'sysctl', ['-n', 'machdep.cpu.brand_string']),
    saidBy(inspection, 'brew', ['--prefix']),
  ]);
  const bad = findKnownBadSets({
    arch: host.arch,
    qemu: own.version,
    homebrew: prefix !== undefined && (await realPath(own.path)).startsWith(`${await realPath(prefix)}/`),
    ...(macos === undefined ? {} : { macos }),
    ...(chip === undefined ? {} : { chip }),
  });
  if (bad.length === 0 || own.status !== 'present') return qemus;
  const named: ToolFinding = { ...own, status: 'known-bad', note: bad.map(({ note }) => note).join('; ') };
  return qemus.map((qemu) => (qemu === own ? named : qemu));
}

/** undefined: the program is not there or has no answer, so nothing is known. */
async function saidBy(
  { runner, signal }: Inspection,
  tool: string,
  args: readonly string[],
): Promise<string | undefined> {
  if ((await runner.which(tool)) === undefined) return undefined;
  const { exitCode, stdout } = await runner.run(tool, args, {
    acceptExitCodes: 'any',
    ...(signal === undefined ? {} : { signal }),
  });
  const text = stdout.trim();
  return exitCode === 0 && text !== '' ? text : undefined;
}

async function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

function noteOf(note: string | undefined): { readonly note?: string } {
  return note === undefined ? {} : { note };
}
