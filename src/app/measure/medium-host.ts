import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { parseQemuVersion } from '../../core/facts/versions.ts';
import type { Accelerator, FirmwareFacts, GuestArch, HostFacts } from '../../core/host-facts.ts';
import type { BootMediumRequest, MediumArch } from '../../core/measure/boot-medium.ts';
import { requireQemu } from '../../core/plan/choose-machine.ts';
import { mediumMachines } from '../../core/qemu/medium-machine.ts';
import type { Dependencies } from '../dependencies.ts';
import { requireTaskset } from '../machine/require-taskset.ts';

/** What this host (or the container's image) offers for the machine. */
export interface MediumHost {
  readonly qemuPath: string;
  readonly qemuVersion: string;
  readonly accelerator: Accelerator;
  readonly acceleratorReason: string;
  readonly firmware?: FirmwareFacts;
}

type HostDependencies = Pick<Dependencies, 'runner' | 'facts' | 'hostArch'>;

export async function mediumHost(
  deps: HostDependencies,
  call: Pick<Call, 'signal'>,
  arch: MediumArch,
  request: BootMediumRequest,
): Promise<MediumHost> {
  const like: GuestArch = arch === 'i386' || arch === 'x86_64' ? 'x86_64' : 'aarch64';
  const host = await (await deps.facts()).collect(like, call.signal);
  const chosen = accelerated(deps, arch, host, request);
  await requirePinning(deps, host, request);
  const firmware = host.firmware === undefined ? {} : { firmware: host.firmware };
  if (request.container !== undefined) {
    return { ...(await qemuInImage(deps, call, arch, request.container)), ...chosen, ...firmware };
  }
  const qemu = arch === like ? requireQemu(host) : await installedQemu(deps, call, arch);
  return { qemuPath: qemu.path, qemuVersion: qemu.version, ...chosen, ...firmware };
}

function accelerated(
  { hostArch }: HostDependencies,
  arch: MediumArch,
  host: HostFacts,
  { machine }: BootMediumRequest,
): Pick<MediumHost, 'accelerator' | 'acceleratorReason'> {
  const emulated = (acceleratorReason: string) => ({ accelerator: 'tcg', acceleratorReason }) as const;
  if (machine?.accelerator === 'tcg') return emulated('emulated because it was asked for');
  if (arch === 'arm') return emulated('32-bit ARM machines are always emulated');
  if ((arch === 'aarch64') !== (hostArch === 'aarch64')) return emulated(`an ${hostArch} host cannot run ${arch} code`);
  const verdict = host.accelerator;
  if (verdict === undefined) return emulated('this host has no acceleration for it');
  if (!verdict.usable) return emulated(verdict.reason);
  return { accelerator: verdict.name, acceleratorReason: verdict.reason };
}

async function installedQemu({ runner }: HostDependencies, call: Pick<Call, 'signal'>, arch: MediumArch) {
  const { tool } = mediumMachines[arch];
  const tools = await runner();
  const path = await tools.which(tool);
  if (path === undefined) {
    fail('host.tool-missing', `${tool} is not installed; it boots ${arch} guests. Nothing was started.`, {
      details: { tool },
      next: [`sudo apt-get install ${arch === 'arm' ? 'qemu-system-arm' : 'qemu-system-x86'}`, 'sysmonvm host-setup'],
    });
  }
  const { stdout } = await tools.run(path, ['--version'], { timeoutMs: 20_000, signal: call.signal });
  return { path, version: parseQemuVersion(stdout) ?? 'unknown' };
}

async function qemuInImage(
  { runner }: HostDependencies,
  call: Pick<Call, 'signal'>,
  arch: MediumArch,
  { engine, image }: NonNullable<BootMediumRequest['container']>,
): Promise<Pick<MediumHost, 'qemuPath' | 'qemuVersion'>> {
  const tools = await runner();
  if ((await tools.which(engine)) === undefined)
    fail('host.tool-missing', `${engine} is not installed. Nothing was started.`, {
      details: { tool: engine },
      next: [`sudo apt-get install ${engine === 'docker' ? 'docker.io' : 'podman'}`],
    });
  const { tool } = mediumMachines[arch];
  const isolated = ['run', '--rm', '--pull', 'never', '--network', 'none', '--cap-drop', 'ALL', '--read-only'];
  const asked = [...isolated, '--entrypoint', tool, image, '--version'];
  const said = await tools.run(engine, asked, { acceptExitCodes: 'any', timeoutMs: 120_000, signal: call.signal });
  const version = parseQemuVersion(said.stdout);
  if (said.exitCode === 0 && version !== undefined) return { qemuPath: tool, qemuVersion: version };
  return fail('host.tool-failed', `${engine} cannot run ${tool} of the image ${image}: ${said.stderr.trim()}`, {
    details: { tool: engine, image, exitCode: said.exitCode, stderr: said.stderr.slice(-2000) },
    next: [`${engine} pull ${image}`, `${engine} run --rm --entrypoint ${tool} ${image} --version`],
  });
}

async function requirePinning({ runner }: HostDependencies, host: HostFacts, { machine }: BootMediumRequest) {
  const cpus = machine?.pinnedCpus;
  if (cpus === undefined) return;
  if (host.platform !== 'linux')
    fail('usage.invalid-argument', '--cpus-pin works on Linux only: other systems do not let a process be pinned.');
  const wrong = cpus.filter((cpu) => !Number.isInteger(cpu) || cpu < 0 || cpu >= host.cpuCount);
  if (cpus.length === 0 || wrong.length > 0)
    fail(
      'usage.invalid-argument',
      `--cpus-pin: this host has the CPUs 0 to ${host.cpuCount - 1}, not ${wrong.join(', ')}.`,
    );
  await requireTaskset(await runner());
}
