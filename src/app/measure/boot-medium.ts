/**
 * One measured boot of a guest that is not ours.
 *
 *   check ── nothing is started before all of it is known to be there
 *   start ── QEMU waits for nobody and loses no byte: it connects to us before the guest runs
 *   watch ── until the end marker (completed), a failure or the end of QEMU (failed), a deadline (timeout)
 *   stop ─── QEMU ends with us, whatever happens to us
 *
 * The time of a boot is that of its end marker; when QEMU ends, or we lose patience, is no measurement.
 */
import type { Call } from '../../core/engine.ts';
import type { BootMediumRequest, BootObservation } from '../../core/measure/boot-medium.ts';
import { containerArguments } from '../../core/measure/container-arguments.ts';
import type { MediumEnd, MediumRun } from '../../core/ports/medium-machines.ts';
import { pinnedCommand } from '../../core/qemu/pinned-command.ts';
import type { Dependencies } from '../dependencies.ts';
import { type ConsoleObserver, observeConsole } from './console-observer.ts';
import { type PreparedBoot, prepareBoot } from './prepare-boot.ts';

const tickMs = 20;

export async function bootMedium(deps: Dependencies, call: Call, request: BootMediumRequest): Promise<BootObservation> {
  const machines = await deps.mediumMachines();
  return machines.inDirectory(async (directory) => {
    const prepared = await prepareBoot(deps, call, request, directory);
    let observation: BootObservation | undefined;
    try {
      observation = await observedBoot(deps, call, request, prepared, directory);
      return observation;
    } finally {
      // A disk that we made and that nothing was installed on is no result.
      if (prepared.newDisk !== undefined && observation?.outcome !== 'completed')
        await deps.files.remove(prepared.newDisk);
    }
  });
}

async function observedBoot(
  deps: Dependencies,
  call: Call,
  request: BootMediumRequest,
  prepared: PreparedBoot,
  directory: string,
): Promise<BootObservation> {
  const machines = await deps.mediumMachines();
  const { table, script, paths } = prepared;
  let typing: (text: string) => void = () => undefined;
  const observer = observeConsole(table, script, (text) => typing(text));
  const run = await machines.start({
    ...(await commandOf(deps, request, prepared, directory)),
    serialSocket: prepared.serialSocket,
    timesPath: paths.times,
    debugLog: paths.debugLog,
    temporaryDirectory: directory,
    onChunk: (text, atMs) => observer.feed(text, atMs),
  });
  typing = (text) => run.type(text);
  const told = run.process.then((found) => {
    if (found !== undefined && run.end === undefined) request.onProcess?.(found);
  });
  const how = request.install === undefined ? 'at-once' : 'disks-written';
  const verdict = await watched(deps, call, request, run, observer).catch(async (error: unknown) => {
    await run.stop(how);
    throw error;
  });
  await request.onVerdict?.();
  const ended = await run.stop(how);
  await told;
  // What QEMU still had in its pipe when it ended has been read by now.
  observer.settle(Number.POSITIVE_INFINITY);
  return observationOf(prepared, run, observer, verdict ?? atTheEnd(observer, request, ended), ended);
}

type Verdict =
  | { readonly outcome: 'completed'; readonly bootedAtMs?: number }
  | {
      readonly outcome: 'failed' | 'timeout';
      readonly code: 'media.boot-failed' | 'media.boot-timeout' | 'media.step-timeout';
      readonly message: string;
    };

/** undefined: QEMU has ended, and its last words have to be read first. */
async function watched(
  deps: Dependencies,
  call: Call,
  request: BootMediumRequest,
  run: MediumRun,
  observer: ConsoleObserver,
): Promise<Verdict | undefined> {
  let told = 0;
  for (;;) {
    if (run.end !== undefined) return undefined;
    const now = run.elapsedMs();
    observer.settle(now);
    for (const { name, atMs } of observer.watch.markers.slice(told))
      call.report({ kind: 'step', step: name, state: 'done', detail: `${(atMs / 1000).toFixed(2)} s` });
    told = observer.watch.markers.length;
    const decided = decidedBy(observer, request) ?? overdue(observer, request, now);
    if (decided !== undefined) return decided;
    await deps.clock.sleep(tickMs, call.signal);
  }
}

/** A person installs, and then turns the machine off or has it start anew, which ends QEMU. */
const byHand = ({ install, script }: BootMediumRequest): boolean => install !== undefined && script === undefined;

function decidedBy({ watch, answers }: ConsoleObserver, request: BootMediumRequest): Verdict | undefined {
  if (watch.failure !== undefined)
    return { outcome: 'failed', code: 'media.boot-failed', message: watch.failure.message };
  if (byHand(request)) return undefined;
  if (request.install !== undefined) {
    const last = answers?.answered.at(-1);
    return answers?.waiting === undefined && last !== undefined
      ? { outcome: 'completed', bootedAtMs: last.atMs }
      : undefined;
  }
  return watch.booted && { outcome: 'completed', bootedAtMs: watch.booted.atMs };
}

function overdue({ answers, watch }: ConsoleObserver, request: BootMediumRequest, now: number): Verdict | undefined {
  const step = answers?.overdue(now);
  if (step !== undefined)
    return {
      outcome: 'timeout',
      code: 'media.step-timeout',
      message: `step "${step.name}" of ${request.script ?? 'the script'} waited ${step.timeoutMs / 1000} s for /${step.expect}/`,
    };
  if (now <= request.timeoutMs) return undefined;
  const reached = watch.markers.at(-1)?.name;
  return {
    outcome: 'timeout',
    code: 'media.boot-timeout',
    message: `no end marker within ${request.timeoutMs / 1000} s; ${reached === undefined ? 'no marker was seen' : `the last marker was ${reached}`}`,
  };
}

function atTheEnd(observer: ConsoleObserver, request: BootMediumRequest, end: MediumEnd): Verdict {
  const decided = decidedBy(observer, request);
  if (decided !== undefined) return decided;
  if (byHand(request) && end.exitCode === 0) return { outcome: 'completed' };
  const how = end.signal ?? (end.exitCode === undefined ? 'an unknown status' : `exit code ${end.exitCode}`);
  const words = end.words.at(-1);
  return {
    outcome: 'failed',
    code: 'media.boot-failed',
    message: `QEMU ended (${how}) before the guest had booted${words === undefined ? '; it said nothing' : `: ${words}`}`,
  };
}

function observationOf(
  prepared: PreparedBoot,
  run: MediumRun,
  observer: ConsoleObserver,
  verdict: Verdict,
  end: MediumEnd,
): BootObservation {
  return {
    outcome: verdict.outcome,
    startedAt: run.startedAt,
    table: prepared.table.name,
    ...(verdict.outcome === 'completed' && verdict.bootedAtMs !== undefined ? { bootedAtMs: verdict.bootedAtMs } : {}),
    markers: observer.watch.markers,
    metrics: observer.metrics,
    metricsLeftOut: observer.metricsLeftOut,
    steps: observer.answers?.answered ?? [],
    ...(verdict.outcome === 'completed'
      ? {}
      : {
          failure: {
            code: verdict.code,
            message: verdict.message,
            consoleTail: observer.tail(),
            qemuWords: end.words,
          },
        }),
    machine: prepared.machine,
    paths: prepared.paths,
  };
}

/** QEMU itself, QEMU on CPUs of its own, or an engine that runs it in a container. */
async function commandOf(deps: Dependencies, request: BootMediumRequest, prepared: PreparedBoot, directory: string) {
  const { container } = request;
  const pinnedCpus = request.machine?.pinnedCpus;
  if (container === undefined) return pinnedCommand(prepared.qemuPath, prepared.qemuArgs, pinnedCpus);
  const machines = await deps.mediumMachines();
  const name = `sysmonvm-bench-${deps.randomHex(6)}`;
  return {
    executable: container.engine,
    args: containerArguments({
      ...container,
      name,
      kvm: prepared.machine.accelerator === 'kvm',
      readOnly: prepared.readOnly,
      writable: [directory, request.outputDirectory],
      user: machines.owner(),
      ...(pinnedCpus === undefined ? {} : { pinnedCpus }),
      watchdog: machines.watchdog,
      qemu: prepared.qemuPath,
      qemuArgs: prepared.qemuArgs,
    }),
    container: { engine: container.engine, name },
  };
}
