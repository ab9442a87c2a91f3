import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { macAddressOf } from '../../core/ids/mac-address.ts';
import type { BootedMachine, BootMediumRequest, BootObservation, Medium } from '../../core/measure/boot-medium.ts';
import type { ConsoleScript } from '../../core/measure/console-script.ts';
import type { MarkerTable } from '../../core/measure/markers/marker-table.ts';
import { withFirmwareFailures } from '../../core/measure/markers/with-firmware-failures.ts';
import { mediumArguments } from '../../core/qemu/medium-arguments.ts';
import { resolveMachine } from '../../core/qemu/medium-machine.ts';
import type { Dependencies } from '../dependencies.ts';
import { type CheckedMedium, checkMedium } from './check-medium.ts';
import { chooseFirmware } from './choose-firmware.ts';
import { type MediumHost, mediumHost } from './medium-host.ts';
import { consoleScriptOf, markerTableOf } from './read-tables.ts';

/** A boot of which everything is known and nothing has been started. */
export interface PreparedBoot {
  readonly table: MarkerTable;
  readonly script?: ConsoleScript;
  readonly machine: BootedMachine;
  readonly qemuPath: string;
  readonly qemuArgs: readonly string[];
  readonly serialSocket: string;
  /** Files that QEMU reads. */
  readonly readOnly: readonly string[];
  /** Made by us for an installation. */
  readonly newDisk?: string;
  readonly paths: BootObservation['paths'];
}

interface ExaminedBoot {
  readonly table: MarkerTable;
  readonly script?: ConsoleScript;
  readonly checked: CheckedMedium;
  readonly host: MediumHost;
}

/** All that can be wrong, found before anything is written or started. */
export async function examineBoot(
  deps: Dependencies,
  call: Pick<Call, 'signal'>,
  request: BootMediumRequest,
): Promise<ExaminedBoot> {
  const { install } = request;
  const table = withFirmwareFailures(await markerTableOf(deps, request.markers));
  const script = request.script === undefined ? undefined : await consoleScriptOf(deps, request.script);
  const creating = install?.sizeGib !== undefined;
  const asked: Medium = install === undefined || creating ? request.medium : { ...request.medium, disk: install.disk };
  const checked = await checkMedium(deps, { ...request, medium: asked });
  if (creating) await requireFree(deps, install.disk);
  const host = await mediumHost(deps, call, checked.arch, request);
  return { table, checked, host, ...(script === undefined ? {} : { script }) };
}

export async function prepareBoot(
  deps: Dependencies,
  call: Call,
  request: BootMediumRequest,
  directory: string,
): Promise<PreparedBoot> {
  const { install, machine: wishes = {} } = request;
  const { table, script, checked, host } = await examineBoot(deps, call, request);
  const resolved = resolveMachine(checked.arch, checked.medium, wishes, {
    qemuVersion: host.qemuVersion,
    accelerated: host.accelerator !== 'tcg',
  });
  const firmware = chooseFirmware(checked.arch, resolved.firmware, host.firmware);
  await deps.files.makeDirectory(request.outputDirectory);
  const newDisk = install?.sizeGib === undefined ? undefined : await createDisk(deps, install.disk, install.sizeGib);
  const medium = newDisk === undefined ? checked.medium : { ...checked.medium, disk: newDisk };
  const diskFormat = newDisk === undefined ? checked.diskFormat : 'qcow2';
  const bootLog = `${request.outputDirectory}/boot.log`;
  await deps.files.write(bootLog, '', 0o644, { durable: false });
  const serialSocket = `${directory}/serial`;
  const network = wishes.network ?? 'none';
  return {
    table,
    ...(script === undefined ? {} : { script }),
    qemuPath: host.qemuPath,
    qemuArgs: mediumArguments({
      arch: checked.arch,
      resolved,
      wishes,
      medium,
      ...(diskFormat === undefined ? {} : { diskFormat }),
      installing: install !== undefined,
      accelerator: host.accelerator,
      ...(firmware === undefined ? {} : { firmware }),
      // The same for every boot, so that a guest's network names and leases stay.
      macAddress: macAddressOf(`bench-${checked.arch}`),
      serialSocket,
      bootLog,
    }),
    serialSocket,
    readOnly: [
      ...Object.entries(medium).flatMap(([part, path]) => (part === 'append' || path === 'none' ? [] : [path])),
      ...(firmware === undefined ? [] : [firmware.codePath, firmware.varsTemplatePath]),
    ],
    ...(newDisk === undefined ? {} : { newDisk }),
    machine: {
      arch: checked.arch,
      accelerator: host.accelerator,
      acceleratorReason: host.acceleratorReason,
      emulated: host.accelerator === 'tcg',
      qemuVersion: host.qemuVersion,
      machineType: resolved.machineType,
      cpuModel: resolved.cpuModel,
      cpus: resolved.cpus,
      memoryMib: resolved.memoryMib,
      network,
      ...(resolved.firmware === 'none' ? {} : { firmware: firmware?.codePath ?? resolved.firmware }),
      ...(request.container === undefined
        ? {}
        : { container: `${request.container.engine} ${request.container.image}` }),
      ...(wishes.pinnedCpus === undefined ? {} : { pinnedCpus: wishes.pinnedCpus }),
    },
    paths: {
      bootLog,
      times: `${request.outputDirectory}/console.times.csv`,
      debugLog: `${request.outputDirectory}/qemu-debug.log`,
      ...(medium.disk === undefined ? {} : { disk: medium.disk }),
    },
  };
}

async function requireFree(deps: Dependencies, path: string): Promise<void> {
  const found = await (await deps.mediaFiles()).look(path);
  if (found.kind === 'missing') return;
  fail('usage.invalid-argument', `${path} exists already; an installation does not make it anew.`, {
    details: { path },
    next: [`ls -l ${path}`, '--no-create   # installs on the disk that is there'],
  });
}

async function createDisk(deps: Dependencies, path: string, sizeGib: number): Promise<string> {
  await (await deps.runner()).run('qemu-img', ['create', '-q', '-f', 'qcow2', path, `${sizeGib}G`]);
  const made = await (await deps.mediaFiles()).look(path);
  return made.kind === 'file' ? made.path : path;
}
