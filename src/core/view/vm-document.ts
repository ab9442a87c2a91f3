import { bootLanes } from '../measure/boot/boot-lanes.ts';
import type { VmSnapshot } from '../vm/vm-snapshot.ts';
import type { FailureRecord, LastExit } from '../vm/vm-state.ts';
import type { VmDocument } from '../wire/vm-document.ts';
import { bootTimeline } from './boot-timeline.ts';
import { formatTime } from './times.ts';

function lastExitDocument(exit: LastExit) {
  return {
    at: formatTime(exit.at),
    reason: exit.reason,
    ...(exit.exitCode === undefined ? {} : { exitCode: exit.exitCode }),
    ...(exit.message === undefined ? {} : { message: exit.message }),
  };
}

function failureDocument(failure: FailureRecord) {
  return {
    at: formatTime(failure.at),
    stage: failure.stage,
    code: failure.code,
    message: failure.message,
    consoleTail: [...failure.consoleTail],
    qemuTail: [...failure.qemuTail],
  };
}

/** What `--json` prints of a VM. What is not known is absent. */
export function vmDocument(vm: VmSnapshot): VmDocument {
  const timeline = bootTimeline(vm.marks);
  return {
    id: vm.id,
    name: vm.name,
    generation: vm.generation,
    state: vm.state,
    summary: vm.summary,
    ...(vm.difference === undefined ? {} : { difference: vm.difference }),
    createdAt: formatTime(vm.createdAt),
    ...(vm.expiresAt === undefined ? {} : { expiresAt: formatTime(vm.expiresAt) }),
    ...(vm.owner === undefined ? {} : { owner: vm.owner }),
    ephemeral: vm.ephemeral,
    ...(vm.pool === undefined
      ? {}
      : { pool: { template: vm.pool.template, expiresAt: formatTime(vm.pool.expiresAt) } }),
    image: { ...vm.image },
    arch: vm.arch,
    accelerator: vm.accelerator,
    cpus: vm.cpus,
    memoryMib: vm.memoryMib,
    diskGib: vm.diskGib,
    network: vm.network,
    ...(vm.pid === undefined ? {} : { pid: vm.pid }),
    ...(vm.memory === undefined ? {} : { memory: { ...vm.memory } }),
    ...(vm.template === undefined ? {} : { template: { ...vm.template } }),
    ...(vm.mac === undefined ? {} : { mac: { ...vm.mac } }),
    user: vm.user,
    ...(vm.sshPort === undefined ? {} : { ssh: { host: '127.0.0.1', port: vm.sshPort, user: vm.user } }),
    ports: vm.ports.map((port) => ({ ...port })),
    boot: vm.marks.map((mark) => ({ name: mark.name, at: formatTime(mark.at), source: mark.source })),
    ...(timeline?.complete ? { bootMs: timeline.totalMs } : {}),
    bootLanes: bootLanes(vm.marks, vm.guestBoot).map((lane) => ({ ...lane, spans: lane.spans.map((s) => ({ ...s })) })),
    ...(vm.lastExit === undefined ? {} : { lastExit: lastExitDocument(vm.lastExit) }),
    ...(vm.failure === undefined ? {} : { failure: failureDocument(vm.failure) }),
    warnings: [...vm.warnings],
    qemu: { ...vm.qemu },
    ...(vm.firmware === undefined ? {} : { firmware: { ...vm.firmware } }),
    directory: vm.directory,
    diskUsageBytes: vm.diskUsageBytes,
  };
}
