/**
 * Follows what belongs to the one VM that is shown: the lines of its console and of a log, the plan it was made by, its
 * snapshots, and what the checker in the guest tells.
 */
import type { Engine } from '../../core/engine.ts';
import type { VmSnapshot } from '../../core/vm/vm-snapshot.ts';
import { type AppState, vmOf, withWorld } from '../state/app-state.ts';
import { emptyLines, withLines } from '../state/line-view.ts';
import { asked, type Loaded, notAsked } from '../state/loaded.ts';
import type { Store } from '../state/store.ts';
import { failureOf } from '../state/tasks.ts';
import type { VmDetail } from '../state/vm-detail.ts';
import { followLines } from './follow-lines.ts';

export interface DetailFeed {
  follow(vmId: string | undefined): void;
  showLog(source: VmDetail['logSource']): void;
  refreshMetrics(): void;
  refreshSnapshots(): void;
}

interface DetailFeedDeps {
  readonly engine: Pick<Engine, 'logs' | 'planOf' | 'checker' | 'snapshots'>;
  readonly store: Store<AppState>;
  readonly signal: AbortSignal;
  readonly newRequestId: () => string;
  readonly now: () => number;
  /** The console told something, which may be the end of the guest. */
  readonly lookAt: (vmId: string) => void;
}

const retryMs = 500;
const lookMs = 1000;
const sampleMs = 5000;

export function openDetailFeed(deps: DetailFeedDeps): DetailFeed {
  const { engine, store, signal, newRequestId, now } = deps;
  let current: AbortController | undefined;
  let log: AbortController | undefined;

  const change = (vmId: string, patch: (detail: VmDetail) => Partial<VmDetail>): void =>
    store.gather((state) => {
      const { detail } = state.world;
      return detail?.vmId === vmId ? withWorld(state, { detail: { ...detail, ...patch(detail) } }) : state;
    });
  const callOf = (end: AbortSignal) => ({ requestId: newRequestId(), signal: end, report: () => undefined });

  let lookIsDue = false;
  const lookSoon = (vmId: string): void => {
    if (lookIsDue) return;
    lookIsDue = true;
    setTimeout(() => {
      lookIsDue = false;
      if (!signal.aborted) deps.lookAt(vmId);
    }, lookMs).unref();
  };

  /** A VM that was never started has no log yet, and one that is started again has another. */
  const keepFollowing = async (vm: VmSnapshot, which: 'console' | 'logs', end: AbortSignal): Promise<void> => {
    const source = which === 'console' ? 'console' : (store.get().world.detail?.logSource ?? 'qemu');
    const gathered = (lines: readonly string[]): void => {
      change(vm.id, (detail) => ({ [which]: withLines(detail[which], lines) }));
      if (which === 'console') lookSoon(vm.id);
    };
    while (!end.aborted) {
      try {
        await followLines({ engine, name: vm.name, source, requestId: newRequestId(), signal: end, gathered });
      } catch (error) {
        // Never started, or gone; a guest that cannot be asked says why.
        if (source === 'cloud-init' && !end.aborted) gathered([failureOf(error).message]);
      }
      const generation = vmOf(store.get(), vm.id)?.generation;
      while (!end.aborted && vmOf(store.get(), vm.id)?.generation === generation) await pause(retryMs, end);
      if (!end.aborted) change(vm.id, (detail) => ({ [which]: { ...emptyLines, search: detail[which].search } }));
    }
  };

  const load = <Key extends 'plan' | 'metrics' | 'snapshots'>(
    vmId: string,
    key: Key,
    fetch: () => Promise<NonNullable<VmDetail[Key]['value']>>,
  ): void => {
    change(vmId, (detail) => ({ [key]: asked(detail[key] as Loaded<unknown>) }));
    fetch().then(
      (value) => change(vmId, () => ({ [key]: { loading: false, value, at: now() } })),
      (error: unknown) =>
        change(vmId, (detail) => ({ [key]: { ...detail[key], loading: false, failure: failureOf(error), at: now() } })),
    );
  };

  const refreshMetrics = (): void => {
    const vm = vmOf(store.get());
    if (vm?.state !== 'ready' || current === undefined) return;
    const call = callOf(current.signal);
    load(vm.id, 'metrics', () => engine.checker.status(vm.name, call));
  };

  /** While they are looked at, by the way that costs the guest least. */
  const renewSample = async (vm: VmSnapshot, end: AbortSignal): Promise<void> => {
    const { tab, screen, world } = store.get();
    if (screen !== 'vm' || tab !== 'metrics' || world.detail?.metrics.value?.installed !== true) return;
    const sample = await engine.checker.sample(vm.name, callOf(end));
    if (sample === undefined) return;
    change(vm.id, ({ metrics }) =>
      metrics.value === undefined ? {} : { metrics: { ...metrics, value: { ...metrics.value, sample }, at: now() } },
    );
  };

  const refreshSnapshots = (): void => {
    const vm = vmOf(store.get());
    if (vm !== undefined) load(vm.id, 'snapshots', () => engine.snapshots.list(vm.name));
  };

  const followLog = (vm: VmSnapshot): void => {
    if (current === undefined) return;
    log?.abort();
    log = new AbortController();
    void keepFollowing(vm, 'logs', AbortSignal.any([signal, current.signal, log.signal]));
  };

  return {
    refreshMetrics,
    refreshSnapshots,
    showLog(logSource) {
      const vm = vmOf(store.get());
      if (vm === undefined) return;
      change(vm.id, () => ({ logSource, logs: emptyLines }));
      followLog(vm);
    },
    follow(vmId) {
      current?.abort();
      current = undefined;
      const vm = vmId === undefined ? undefined : vmOf(store.get(), vmId);
      if (vm === undefined) {
        store.gather(({ world: { detail: _, ...world }, ...state }) => ({ ...state, world }));
        return;
      }
      current = new AbortController();
      const end = AbortSignal.any([signal, current.signal]);
      const detail: VmDetail = {
        ...{ vmId: vm.id, console: emptyLines, logs: emptyLines, logSource: 'qemu' },
        ...{ plan: notAsked, snapshots: notAsked, metrics: notAsked },
      };
      store.gather((state) => withWorld(state, { detail }));
      void keepFollowing(vm, 'console', end);
      followLog(vm);
      load(vm.id, 'plan', () => engine.planOf(vm.name));
      refreshSnapshots();
      refreshMetrics();
      const sampling = setInterval(() => void renewSample(vm, end).catch(() => undefined), sampleMs);
      end.addEventListener('abort', () => clearInterval(sampling));
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
