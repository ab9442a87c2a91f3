import type { Call, LogSource } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { VmEvent } from '../../core/vm/vm-events.ts';
import type { Dependencies } from '../dependencies.ts';
import { consoleLines } from './console-log.ts';
import { captureInGuest } from './guest-access.ts';
import { runDirectoryOf } from './session.ts';
import { findVm } from './with-vm.ts';

const followMs = 100;
/** While nothing happens: looking costs a stat of each VM, and who follows may do so all day. */
const quiet = { afterMs: 3000, followMs: 400 };

export async function* readLogs(
  deps: Dependencies,
  call: Call,
  name: string,
  options: { readonly source: LogSource; readonly follow: boolean; readonly lines?: number },
): AsyncIterable<string> {
  const record = await findVm(deps, name);
  if (options.source === 'cloud-init') {
    yield* cloudInitLog(deps, call, name, options.lines ?? 200);
    return;
  }
  const directory =
    options.source === 'events'
      ? record.directory
      : lastRun(record.directory, record.recorded.runId, name, options.source);
  const path = `${directory}/${options.source === 'events' ? 'events.jsonl' : `${options.source}.log`}`;
  const size = await deps.files.size(path);
  const lines = options.lines ?? Number.MAX_SAFE_INTEGER;
  yield* options.source === 'console' ? await consoleLines(deps, directory, lines) : await deps.files.tail(path, lines);
  if (!options.follow) return;
  let rest = '';
  const following = { from: size, intervalMs: followMs, signal: call.signal, untilRemoved: true };
  for await (const chunk of deps.files.follow(path, following)) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

function lastRun(directory: string, runId: string | undefined, name: string, source: 'console' | 'qemu'): string {
  if (!runId)
    fail('vm.refused', `VM ${name} was never started, so it has no ${source} log`, {
      next: [`sysmonvm vm-start ${name}`],
    });
  return runDirectoryOf(directory, runId);
}

async function* cloudInitLog(deps: Dependencies, call: Call, name: string, lines: number): AsyncIterable<string> {
  const { sudo } = (await findVm(deps, name)).plan?.guest ?? { sudo: false };
  const command = ['tail', '-n', String(lines), '/var/log/cloud-init.log', '/var/log/cloud-init-output.log'];
  const done = await captureInGuest(
    deps,
    call,
    name,
    { command: sudo ? ['sudo', '-n', ...command] : command },
    { timeoutMs: 60_000 },
  );
  yield* done.stdout.split('\n');
  if (done.exitCode !== 0)
    fail(
      'guest.command-failed',
      `the guest could not show its cloud-init log (status ${done.exitCode}): ${done.stderr.trim()}`,
    );
}

/** Events of all VMs as they are published: each file is tailed, so one terminal sees what another process does. */
export async function* readEvents(
  deps: Dependencies,
  call: Call,
  options: { readonly vm?: string; readonly history: boolean },
): AsyncIterable<VmEvent> {
  const seen = new Map<string, { readonly bytes: number; readonly last?: VmEvent }>();
  let first = true;
  let newsAt = deps.clock.now();
  while (!call.signal.aborted) {
    const fresh: VmEvent[] = [];
    const sizes = deps.store.eventSizes();
    for (const [id, { last }] of seen) {
      if (sizes.has(id)) continue;
      seen.delete(id);
      if (last !== undefined && (options.vm === undefined || options.vm === last.vm)) fresh.push(goneAfter(last, deps));
    }
    for (const [id, bytes] of sizes) {
      const known = seen.get(id);
      if (known?.bytes === bytes) continue;
      const events = await deps.store.readEvents(id);
      const last = events.at(-1);
      seen.set(id, { bytes, ...(last === undefined ? {} : { last }) });
      const after = known?.last?.generation ?? (first && !options.history ? Number.POSITIVE_INFINITY : -1);
      const news = events.filter((event) => event.generation > after);
      if (news.length > 0 && (await concerns(deps, id, options.vm))) fresh.push(...news);
    }
    first = false;
    if (fresh.length > 0) newsAt = deps.clock.now();
    yield* fresh.sort((a, b) => a.timestamp - b.timestamp);
    const isQuiet = deps.clock.now() - newsAt > quiet.afterMs;
    await deps.clock.sleep(isQuiet ? quiet.followMs : followMs, call.signal).catch(() => undefined);
  }
}

/** A VM that is destroyed takes its events along; who follows them is told by this one, which stands in no file. */
function goneAfter({ data: _, ...last }: VmEvent, { clock }: Dependencies): VmEvent {
  return { ...last, type: 'gone', timestamp: clock.now(), generation: last.generation + 1 };
}

async function concerns(deps: Dependencies, id: string, vm: string | undefined): Promise<boolean> {
  return vm === undefined || (await deps.store.load(id))?.identity.name === vm;
}
