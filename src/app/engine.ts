import type { Engine } from '../core/engine.ts';
import { createBootstrapOperations } from './bootstrap/bootstrap-operations.ts';
import { createCheckerOperations } from './checker/checker-operations.ts';
import type { Dependencies } from './dependencies.ts';
import { createHostCollectorOperations } from './host-collector/host-collector-operations.ts';
import { createImageOperations } from './images/image-operations.ts';
import { createArtifactOperations } from './measure/artifacts/artifact-operations.ts';
import { createJudgingOperations } from './measure/judging/judging-operations.ts';
import { createMediaOperations } from './measure/media-operations.ts';
import { createReportOperations } from './measure/report/report-operations.ts';
import { createWorkloadOperations } from './measure/workloads/workload-operations.ts';
import { createPoolOperations } from './pool/pool-operations.ts';
import { createSnapshotOperations, createSuspensionOperations } from './suspension-operations.ts';
import { createTemplateOperations } from './template/template-operations.ts';

/**
 * The engine in this process. Use cases are loaded when they are called: a command that only lists VMs does not pay
 * for SSH, schemas and downloads.
 */
export function createEngine(deps: Dependencies, seeds: () => Promise<Readonly<Record<string, string>>>): Engine {
  return {
    hostSetup: async (options, call) =>
      (await import('./upkeep/host-setup.ts')).hostSetup(deps, call, options, await seeds()),
    doctor: async (options, call) => (await import('./upkeep/doctor.ts')).doctor(deps, call, options),
    doctorBundle: async (path, vm, call) =>
      (await import('./upkeep/support-bundle.ts')).supportBundle(deps, call, path, vm),
    hostCollector: createHostCollectorOperations(deps),
    images: createImageOperations(deps),
    plan: async (config, call) => (await import('./vm/show-plan.ts')).showPlan(deps, call, config),
    templates: createTemplateOperations(deps),
    pools: createPoolOperations(deps),
    checker: createCheckerOperations(deps),
    suspension: createSuspensionOperations(deps),
    snapshots: createSnapshotOperations(deps),
    media: createMediaOperations(deps),
    bootstrap: createBootstrapOperations(deps),
    boots: {
      series: async (request, call) =>
        (await import('./measure/boots/boot-series.ts')).measureSeries(deps, call, request),
      ab: async (request, call) => (await import('./measure/boots/ab-boots.ts')).measureAb(deps, call, request),
    },
    artifacts: createArtifactOperations(deps),
    judging: createJudgingOperations(deps),
    workloads: createWorkloadOperations(deps),
    reports: createReportOperations(deps),
    planOf: async (name) => (await import('./vm/plan-of.ts')).planOf(deps, name),
    probe: async (name, options, call) => (await import('./probe/probe-vm.ts')).probeVm(deps, call, name, options),

    create: async (options, call) =>
      options.template === undefined
        ? (await import('./vm/create-vm.ts')).createVm(deps, call, options)
        : (await import('./template/start-warm.ts')).createWarm(deps, call, options.config, options),
    start: async (name, options, call) => (await import('./vm/start-vm.ts')).startVm(deps, call, name, options),
    wait: async (name, options, call) => (await import('./vm/wait-for.ts')).waitFor(deps, call, name, options),
    stop: async (name, options, call) => (await import('./vm/stop-vm.ts')).stopVm(deps, call, name, options),
    restart: async (name, options, call) => (await import('./vm/restart-vm.ts')).restartVm(deps, call, name, options),
    change: async (name, patch, options, call) =>
      (await import('./vm/change-vm.ts')).changeVm(deps, call, name, patch, options),
    addPort: async (name, port, call) => (await import('./vm/forward-port.ts')).addPort(deps, call, name, port),
    removePort: async (name, port, call) => (await import('./vm/forward-port.ts')).removePort(deps, call, name, port),
    destroy: async (name, options, call) => (await import('./vm/destroy-vm.ts')).destroyVm(deps, call, name, options),
    up: async (options, call) => (await import('./vm/up.ts')).up(deps, call, options),
    run: async (request, call) => (await import('./vm/run-command.ts')).runCommand(deps, call, request),

    consoleSizes: () => deps.store.consoleSizes(),
    usage: async (processes) => (await import('./vm/process-usage.ts')).usageOf(deps, processes),
    status: async (name) => (await import('./vm/snapshot.ts')).snapshotByName(deps, name),
    async list() {
      const { snapshotOf } = await import('./vm/snapshot.ts');
      const { vms } = await deps.store.list();
      return Promise.all(vms.map((vm) => snapshotOf(deps, vm)));
    },
    async *events(options, call) {
      yield* (await import('./vm/read-logs.ts')).readEvents(deps, call, options);
    },
    async *logs(name, options, call) {
      yield* (await import('./vm/read-logs.ts')).readLogs(deps, call, name, options);
    },
    consoleSocket: async (name) => (await import('./vm/console-socket.ts')).consoleSocket(deps, name),

    exec: async (name, command, streams, options, call) =>
      (await import('./guest-agent/exec-by-choice.ts')).execVia(deps, call, name, command, streams, options),
    sshTarget: async (name, options, call) =>
      (await import('./vm/guest-access.ts')).sshTarget(deps, call, name, options),
    upload: async (name, local, remote, call, onProgress) =>
      (await import('./vm/guest-access.ts')).upload(deps, call, name, local, remote, onProgress),
    download: async (name, remote, local, call, onProgress) =>
      (await import('./vm/guest-access.ts')).download(deps, call, name, remote, local, onProgress),

    gc: async (options, call) => (await import('./upkeep/collect-garbage.ts')).collectGarbage(deps, call, options),
    diskUse: async () => (await import('./upkeep/disk-use.ts')).diskUse(deps),
    uninstall: async (options, call) => (await import('./upkeep/uninstall.ts')).uninstall(deps, call, options),
    versions: async () => (await deps.inspection()).versions(),
  };
}
