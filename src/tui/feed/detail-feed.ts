/**
 * Follows what belongs to the one VM that is shown: the lines of its console and of QEMU's log, the plan it was made
 * by, and what the checker in the guest tells. The lines are gathered for one beat; the log itself keeps all.
 */
import type { Engine } from '../../core/engine.ts';
import { printable } from '../../core/view/printable.ts';
import type { VmSnapshot } from '../../core/vm/vm-snapshot.ts';
import { type AppState, vmOf, withWorld } from '../state/app-state.ts';
import { emptyLines, linesHeld, withLines } from '../state/line-view.ts';
import { asked, type Loaded, notAsked } from '../state/loaded.ts';
import { beatMs, type Store } from '../state/store.ts';
import { failureOf } from '../state/tasks.ts';
import type { VmDetail } from '../state/vm-detail.ts';

export interface DetailFeed {
  follow(vmId: string | undefined): void;
  refreshMetrics(): void;
}

interface DetailFeedDeps {
  readonly engine: Pick<Engine, 'logs' | 'planOf' | 'checker'>;
  readonly store: Store<AppState>;
  readonly signal: AbortSignal;
  readonly newRequestId: () => string;
  readonly now: () => number;
}

const retryMs = 500;

export function openDetailFeed({ engine, store, signal, newRequestId, now }: DetailFeedDeps): DetailFeed {
  let current: AbortController | undefined;

  const change = (vmId: string, patch: (detail: VmDetail) => Partial<VmDetail>): void =>
    store.gather((state) => {
      const { detail } = state.world;
      return detail?.vmId === vmId ? withWorld(state, { detail: { ...detail, ...patch(detail) } }) : state;
    });
  const callOf = (end: AbortSignal) => ({ requestId: newRequestId(), signal: end, report: () => undefined });

  /** A VM that was never started has no log yet, and one that is started again has another. */
  const followLines = async (vm: VmSnapshot, which: 'console' | 'logs', end: AbortSignal): Promise<void> => {
    const source = which === 'console' ? 'console' : 'qemu';
    const fresh: string[] = [];
    let flushing: NodeJS.Timeout | undefined;
    const flush = (): void => {
      flushing = undefined;
      const lines = fresh.splice(0);
      change(vm.id, (detail) => ({ [which]: withLines(detail[which], lines) }));
    };
    while (!end.aborted) {
      try {
        const following = { source, follow: true, lines: linesHeld } as const;
        for await (const line of engine.logs(vm.name, following, callOf(end))) {
          fresh.push(printable(line));
          if (flushing === undefined) flushing = setTimeout(flush, beatMs);
        }
      } catch {
        // Never started, or gone.
      }
      const generation = vmOf(store.get(), vm.id)?.generation;
      while (!end.aborted && vmOf(store.get(), vm.id)?.generation === generation) await pause(retryMs, end);
      if (!end.aborted) change(vm.id, (detail) => ({ [which]: { ...emptyLines, search: detail[which].search } }));
    }
  };

  const load = <Key extends 'plan' | 'metrics'>(
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

  return {
    refreshMetrics,
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
      const detail = { vmId: vm.id, console: emptyLines, logs: emptyLines, plan: notAsked, metrics: notAsked };
      store.gather((state) => withWorld(state, { detail }));
      void followLines(vm, 'console', end);
      void followLines(vm, 'logs', end);
      load(vm.id, 'plan', () => engine.planOf(vm.name));
      refreshMetrics();
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
