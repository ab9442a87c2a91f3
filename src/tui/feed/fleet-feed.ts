/**
 * Keeps the list of VMs true. An event makes its VM be looked at again; the processes of running VMs are asked what
 * they use, often while keys are pressed, and one that is gone makes its VM be looked at; all VMs are looked at now and
 * then, since what another process removes tells nobody.
 */
import { guestPlaces } from '../../core/checker-install/guest-places.ts';
import type { Engine } from '../../core/engine.ts';
import type { VmEvent } from '../../core/vm/vm-events.ts';
import type { VmSnapshot } from '../../core/vm/vm-snapshot.ts';
import { type AppState, withWorld } from '../state/app-state.ts';
import { beatMs, type Store } from '../state/store.ts';
import { failureOf } from '../state/tasks.ts';
import { withUsage } from '../state/usage-history.ts';

export interface FleetFeed {
  refresh(): void;
  /** One VM alone. */
  lookAt(vmId: string): void;
  /** A person is there: what changes by itself is asked for more often for a while. */
  attend(): void;
  /** Ends when the signal is aborted. */
  readonly ended: Promise<void>;
}

type GuestLoads = Pick<Engine['checker'], 'sample'>;

interface Pace {
  readonly attendedMs: number;
  /** While a person is there; else usage is read when all VMs are looked at. */
  readonly usageMs: number;
  readonly lookMs: number;
}

interface FleetFeedDeps {
  readonly engine: Pick<Engine, 'list' | 'status' | 'events' | 'usage' | 'consoleSizes'> & {
    readonly checker: GuestLoads;
  };
  readonly store: Store<AppState>;
  readonly signal: AbortSignal;
  readonly requestId: string;
  readonly now: () => number;
  readonly pace?: Pace;
}

const eventsKept = 300;
/** The others have their turn the next time. */
const speakersAtOnce = 10;
const usualPace: Pace = { attendedMs: 120_000, usageMs: 2000, lookMs: 20_000 };

export function openFleetFeed(deps: FleetFeedDeps): FleetFeed {
  const { engine, store, signal, now, pace = usualPace } = deps;
  let looking: Promise<void> | undefined;
  let again = false;

  const look = (): Promise<void> => {
    if (looking !== undefined) {
      again = true;
      return looking;
    }
    looking = (async () => {
      do {
        again = false;
        try {
          const vms = await engine.list();
          store.gather((state) =>
            withWorld({ ...state, now: now() }, { vms: { loading: false, value: vms, at: now() } }),
          );
        } catch (error) {
          store.gather((state) =>
            withWorld(state, { vms: { ...state.world.vms, loading: false, failure: failureOf(error) } }),
          );
        }
      } while (again && !signal.aborted);
      looking = undefined;
    })();
    return looking;
  };

  const lookAtOne = async (vmId: string): Promise<void> => {
    const known = store.get().world.vms.value?.find((vm) => vm.id === vmId);
    if (known === undefined || looking !== undefined) return look();
    try {
      const fresh = await engine.status(known.name);
      store.gather((state) => withWorld(state, { vms: { ...state.world.vms, value: replaced(state, fresh) } }));
    } catch {
      // Gone, or renamed: the list knows.
      return look();
    }
  };

  const news: VmEvent[] = [];
  let flushing: Promise<void> | undefined;
  /** Gathers what comes in one beat, however much it is, and looks at each VM of it once. */
  const flush = async (): Promise<void> => {
    while (news.length > 0 && !signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, beatMs));
      const events = news.splice(0);
      store.gather((state) => withWorld(state, { events: withEvents(state.world.events, events) }));
      for (const event of new Map(events.map((one) => [one.vmId, one])).values()) await lookAtOne(event.vmId);
    }
    flushing = undefined;
  };

  const readEvents = async (): Promise<void> => {
    const call = { requestId: deps.requestId, signal, report: () => undefined };
    for await (const event of engine.events({ history: true }, call)) {
      news.push(event);
      if (flushing === undefined) flushing = flush();
    }
  };

  const readUsage = async (): Promise<void> => {
    const running = (store.get().world.vms.value ?? []).filter((vm) => vm.process !== undefined);
    if (running.length === 0) return;
    const found = new Map((await engine.usage(running.flatMap((vm) => vm.process ?? []))).map((use) => [use.pid, use]));
    store.gather((state) => {
      const usage = new Map<string, ReturnType<typeof withUsage>>();
      for (const vm of running) {
        const use = found.get(vm.process?.pid ?? -1);
        if (use !== undefined) usage.set(vm.id, withUsage(state.world.usage.get(vm.id), use));
      }
      return withWorld({ ...state, now: now() }, { usage });
    });
    if (found.size < running.length) void look();
  };

  /** Of guests whose checker has a forwarded port; asked where it costs the guest one answer and no login. */
  const readGuests = async (): Promise<void> => {
    const measured = (store.get().world.vms.value ?? []).filter(
      (vm) => vm.state === 'ready' && vm.ports.some(({ guest }) => guest === guestPlaces.port),
    );
    const known = store.get().world.guests;
    if (measured.length === 0 && known.size === 0) return;
    const call = { requestId: deps.requestId, signal, report: () => undefined };
    const samples = await Promise.all(
      measured.map(async (vm) => [vm.id, await engine.checker.sample(vm.name, call).catch(() => undefined)] as const),
    );
    const guests = new Map(samples.flatMap(([id, sample]) => (sample === undefined ? [] : [[id, sample] as const])));
    store.gather((state) => withWorld(state, { guests }));
  };

  /** A guest that says something may have come to its end; the next look tells. */
  let consoles: ReadonlyMap<string, number> | undefined;
  const listen = async (): Promise<void> => {
    const sizes = engine.consoleSizes();
    const spoke = (vm: VmSnapshot): boolean => vm.state === 'ready' && sizes.get(vm.id) !== consoles?.get(vm.id);
    const speakers = consoles === undefined ? [] : (store.get().world.vms.value ?? []).filter(spoke);
    for (const vm of speakers.slice(0, speakersAtOnce)) void lookAtOne(vm.id);
    const waiting = speakers.slice(speakersAtOnce).map(({ id }) => [id, Number.NaN] as const);
    consoles = new Map([...sizes, ...waiting]);
  };

  let attendedUntil = now() + pace.attendedMs;
  const isAttended = (): boolean => now() < attendedUntil;
  const usageTimer = setInterval(() => {
    if (!isAttended()) return;
    void listen().catch(() => undefined);
    void readUsage().catch(() => undefined);
  }, pace.usageMs);
  const lookTimer = setInterval(() => {
    void look();
    if (!isAttended()) void readUsage().catch(() => undefined);
    void readGuests().catch(() => undefined);
  }, pace.lookMs);
  signal.addEventListener('abort', () => {
    clearInterval(usageTimer);
    clearInterval(lookTimer);
  });
  const ended = look()
    .then(async () => {
      void readUsage().catch(() => undefined);
      void readGuests().catch(() => undefined);
      await readEvents();
    })
    .catch(() => undefined);
  const attend = (): void => {
    const wasAlone = !isAttended();
    attendedUntil = now() + pace.attendedMs;
    if (wasAlone && !signal.aborted) void readUsage().catch(() => undefined);
  };
  return { refresh: () => void look(), lookAt: (vmId) => void lookAtOne(vmId), attend, ended };
}

function replaced({ world }: AppState, fresh: VmSnapshot): readonly VmSnapshot[] {
  return (world.vms.value ?? []).map((vm) => (vm.id === fresh.id ? fresh : vm));
}

function withEvents(events: AppState['world']['events'], fresh: readonly VmEvent[]): AppState['world']['events'] {
  const next = new Map(events);
  for (const id of new Set(fresh.map((event) => event.vmId))) {
    const ofOne = fresh.filter((event) => event.vmId === id);
    next.set(id, [...(events.get(id) ?? []), ...ofOne].slice(-eventsKept));
  }
  return next;
}
