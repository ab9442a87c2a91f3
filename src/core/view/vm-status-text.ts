import { bootLanes } from '../measure/boot/boot-lanes.ts';
import { formatDuration } from '../units/duration.ts';
import { formatBytes, formatMib } from '../units/size.ts';
import type { VmSnapshot } from '../vm/vm-snapshot.ts';
import { bootLanesText } from './boot-lanes-text.ts';
import { bootTimeline } from './boot-timeline.ts';
import { labelledLines } from './text-table.ts';
import { formatTime } from './times.ts';

function lastExitText(vm: VmSnapshot): string | undefined {
  const exit = vm.lastExit;
  if (exit === undefined) return undefined;
  const status = exit.exitCode === undefined ? 'exit status unknown' : `exit status ${exit.exitCode}`;
  return `${exit.reason} at ${formatTime(exit.at)}, ${status}${exit.message === undefined ? '' : `: ${exit.message}`}`;
}

function imageText(vm: VmSnapshot): string {
  const digest = vm.image.digest === undefined ? '' : `, ${vm.image.digest.slice(0, 19)}…`;
  return `${vm.image.id} for ${vm.image.arch} (${vm.image.kind}, trust: ${vm.image.level}${digest})`;
}

/** Which entry of which lock file it was, and who signed it. */
function imageEntryText(vm: VmSnapshot): string | undefined {
  const { entry, signer } = vm.image;
  if (entry === undefined) return undefined;
  const from = entry.origin === 'shipped' ? 'shipped lock file' : 'lock file of the workspace';
  const by =
    signer === undefined
      ? 'no signature checked'
      : `signed by ${signer.key} ${signer.fingerprint}${signer.created === undefined ? '' : ` on ${signer.created}`}`;
  return `${entry.version}, build ${entry.build}, ${from}; ${by}`;
}

function indented(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `\n${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

/** What QEMU holds now, beside the size of the machine. */
function memoryText(vm: VmSnapshot): string | undefined {
  if (vm.memory === undefined) return undefined;
  const { residentBytes, privateBytes } = vm.memory;
  const own = privateBytes === undefined ? '' : `, ${formatBytes(privateBytes)} of it private`;
  return `${formatBytes(residentBytes)} resident${own}`;
}

/** Image, machine, ports, process, directory: what is held. */
export function vmFactsText(vm: VmSnapshot): string {
  return labelledLines([
    ['name', vm.name],
    ['state', vm.summary],
    ['difference', vm.difference],
    ['image', imageText(vm)],
    ['', imageEntryText(vm)],
    ['machine', `${vm.arch}, ${vm.accelerator}, ${vm.cpus} vCPU, ${formatMib(vm.memoryMib)}, disk ${vm.diskGib} GiB`],
    ['template', vm.template?.name],
    ['network', vm.mac === undefined ? vm.network : `${vm.network}, MAC ${vm.mac.address} (${vm.mac.note})`],
    ['ssh', vm.sshPort === undefined ? undefined : `${vm.user}@127.0.0.1 port ${vm.sshPort}`],
    ['ports', vm.ports.map((port) => `127.0.0.1:${port.host} → ${port.guest}`).join(', ') || undefined],
    ['process', vm.pid === undefined ? undefined : `QEMU ${vm.qemu.version}, pid ${vm.pid}`],
    ['memory', memoryText(vm)],
    ['created', formatTime(vm.createdAt)],
    ['expires', vm.expiresAt === undefined ? undefined : formatTime(vm.expiresAt)],
    ['last exit', lastExitText(vm)],
    ['directory', `${vm.directory} (${formatBytes(vm.diskUsageBytes)})`],
  ]);
}

/** Code, stage, message and the ends of both logs; empty without a failure. */
export function failureText(vm: VmSnapshot): string {
  if (vm.failure === undefined) return '';
  const { failure } = vm;
  return `${indented('failure', [`[${failure.code}] at stage ${failure.stage}: ${failure.message}`])}${indented(
    'end of the console',
    failure.consoleTail,
  )}${indented('words of QEMU', failure.qemuTail)}`;
}

/** The whole page of `vm-status`. */
export function vmStatusText(vm: VmSnapshot, columns?: number): string {
  const timeline = bootTimeline(vm.marks);
  const total = timeline?.complete ? ` (${formatDuration(timeline.totalMs)} to ready)` : '';
  const boot =
    timeline === undefined ? '' : `\nlast boot${total}\n${bootLanesText(bootLanes(vm.marks, vm.guestBoot), columns)}`;
  return `${vmFactsText(vm)}${failureText(vm)}${boot}${indented('warnings', vm.warnings)}`;
}
