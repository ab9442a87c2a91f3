import { describe, expect, it } from 'vitest';
import type { ShownSample } from '../../../src/core/checker-install/shown-sample.ts';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import type { VmEvent } from '../../../src/core/vm/vm-events.ts';
import type { VmSnapshot } from '../../../src/core/vm/vm-snapshot.ts';
import { openFleetFeed } from '../../../src/tui/feed/fleet-feed.ts';
import { changes, plainTop } from '../../../src/tui/plain/plain-top.ts';
import { type AppState, firstState } from '../../../src/tui/state/app-state.ts';
import { createStore, type Store } from '../../../src/tui/state/store.ts';
import { bootStart, readyVm } from '../../support/snapshots.ts';
import { eventAt } from '../../support/tui-worlds.ts';

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 2000) throw new Error('it did not become so');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const processOf = (pid: number) => ({ pid, startTime: String(pid), bootId: 'boot' });

/** An engine whose VMs and events the test changes. */
function worldOf(first: readonly VmSnapshot[]) {
  let vms = first;
  const waiting: VmEvent[] = [];
  let wake: () => void = () => undefined;
  const asked: string[] = [];
  const samples = new Map<string, ShownSample>();
  const consoles = new Map<string, number>();
  const engine = {
    list: async () => {
      asked.push('list');
      return vms;
    },
    status: async (name: string) => {
      asked.push(`status ${name}`);
      const found = vms.find((vm) => vm.name === name);
      if (found === undefined) throw new SysmonvmError('vm.not-found', name);
      return found;
    },
    consoleSizes: () => new Map(consoles),
    usage: async (processes: readonly { readonly pid: number }[]) =>
      processes
        .filter(({ pid }) => vms.some((vm) => vm.pid === pid))
        .map(({ pid }) => ({ pid, at: Date.now(), cpuSeconds: Date.now() / 2000, residentBytes: 7 })),
    async *events(_: unknown, call: { readonly signal: AbortSignal }) {
      call.signal.addEventListener('abort', () => wake());
      while (!call.signal.aborted) {
        yield* waiting.splice(0);
        if (waiting.length === 0)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
  return {
    engine: {
      ...engine,
      checker: {
        sample: async (name: string) => {
          asked.push(`sample of ${name}`);
          return samples.get(name);
        },
      },
    },
    asked,
    samples,
    consoles,
    tell: (event: VmEvent, now: readonly VmSnapshot[] = vms) => {
      vms = now;
      waiting.push(event);
      wake();
    },
    become: (now: readonly VmSnapshot[]) => {
      vms = now;
    },
  };
}

function opened(world: ReturnType<typeof worldOf>, pace = { usageMs: 10, lookMs: 100_000 }) {
  const end = new AbortController();
  let now = bootStart;
  const store: Store<AppState> = createStore(firstState({ columns: 80, rows: 24 }, bootStart));
  const feed = openFleetFeed({
    ...{ engine: world.engine, store, signal: end.signal, requestId: 'r', now: () => now },
    pace: { attendedMs: 1000, ...pace },
  });
  const close = async (): Promise<void> => {
    end.abort();
    await feed.ended;
  };
  const later = (ms: number): void => {
    now += ms;
  };
  return { store, feed, close, later };
}

describe('the fleet', () => {
  it('begins with what is there, and an event makes its VM be looked at again, alone', async () => {
    const world = worldOf([readyVm(), readyVm({ id: 'vm-2', name: 'other' })]);
    const { store, close } = opened(world);
    await until(() => store.get().world.vms.value?.length === 2);
    world.tell(eventAt(8, 'vm_stopped'), [
      readyVm({ state: 'stopped', summary: 'stopped' }),
      readyVm({ id: 'vm-2', name: 'other' }),
    ]);
    await until(() => store.get().world.vms.value?.[0]?.state === 'stopped');
    expect(world.asked).toEqual(['list', 'status build']);
    expect(
      store
        .get()
        .world.events.get('vm-0001')
        ?.map((event) => event.type),
    ).toEqual(['vm_stopped']);
    await close();
  });

  it('a VM that nobody knew, and one that is gone, make all be looked at', async () => {
    const world = worldOf([readyVm()]);
    const { store, close } = opened(world);
    await until(() => store.get().world.vms.value?.length === 1);
    world.tell(eventAt(1, 'vm_created', 'new', 'vm-new'), [readyVm(), readyVm({ id: 'vm-new', name: 'new' })]);
    await until(() => store.get().world.vms.value?.length === 2);
    world.tell(eventAt(9, 'destroying'), []);
    await until(() => store.get().world.vms.value?.length === 0);
    await close();
  });

  it('a process that is gone is noticed without an event', async () => {
    const world = worldOf([readyVm({ process: processOf(4242) })]);
    const { store, close } = opened(world);
    await until(() => (store.get().world.usage.get('vm-0001')?.points.length ?? 0) > 2);
    expect(store.get().world.usage.get('vm-0001')?.points.at(-1)?.cpuPercent).toBeGreaterThan(1);
    const { pid: _, ...ended } = readyVm({ state: 'failed', summary: 'failed at running' });
    world.become([ended]);
    await until(() => store.get().world.vms.value?.[0]?.state === 'failed');
    await close();
  });

  it('a guest that says something on its console is looked at, alone', async () => {
    const world = worldOf([
      readyVm({ id: 'a', name: 'quiet' }),
      readyVm({ id: 'b', name: 'loud' }),
      readyVm({ id: 'c', name: 'stopped', state: 'stopped' }),
    ]);
    for (const id of ['a', 'b', 'c']) world.consoles.set(id, 100);
    const { close } = opened(world);
    await until(() => world.asked.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(world.asked).toEqual(['list']);
    world.consoles.set('b', 90).set('c', 200);
    await until(() => world.asked.includes('status loud'));
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(world.asked).toEqual(['list', 'status loud']);
    await close();
  });

  it('usage is asked for seldom when nobody is there, and at once when somebody comes', async () => {
    const world = worldOf([readyVm({ id: 'a', name: 'build', pid: 1, process: processOf(1) })]);
    const { store, feed, close, later } = opened(world);
    const points = (): number => store.get().world.usage.get('a')?.points.length ?? 0;
    await until(() => points() > 2);
    later(1001);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const known = points();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(points()).toBe(known);
    feed.attend();
    await until(() => points() > known + 2);
    await close();
  });

  it('ten thousand events at once are a few looks and a bounded memory', async () => {
    const world = worldOf([readyVm()]);
    const { store, close } = opened(world);
    await until(() => store.get().world.vms.value?.length === 1);
    let shown = 0;
    store.subscribe(() => {
      shown += 1;
    });
    for (let index = 0; index < 10_000; index += 1) world.tell(eventAt(index, 'boot_mark'));
    await until(() => store.get().world.events.get('vm-0001')?.at(-1)?.generation === 9999);
    expect(store.get().world.events.get('vm-0001')).toHaveLength(300);
    expect(world.asked.length).toBeLessThan(10);
    expect(shown).toBeLessThan(20);
    await close();
  });

  it('asks the guests whose checker can be reached, and those alone', async () => {
    const checked = { guest: 50110, host: 40110, purpose: 'user' as const };
    const world = worldOf([
      readyVm({ id: 'a', name: 'with', ports: [checked] }),
      readyVm({ id: 'b', name: 'without', ports: [] }),
      readyVm({ id: 'c', name: 'asleep', state: 'stopped', ports: [checked] }),
    ]);
    world.samples.set('with', { timestamp: '2026-01-02T03:05:00Z', cpus: [{ cpu: 0, usagePercent: 12 }, { cpu: 1 }] });
    const { store, close } = opened(world, { usageMs: 100_000, lookMs: 20 });
    await until(() => store.get().world.guests.size === 1);
    expect([...store.get().world.guests.keys()]).toEqual(['a']);
    world.samples.clear();
    await until(() => store.get().world.guests.size === 0);
    await close();
    expect(new Set(world.asked.filter((what) => what.startsWith('sample')))).toEqual(new Set(['sample of with']));
  });

  it('what cannot be read is said, and what was known stays', async () => {
    const world = worldOf([readyVm()]);
    const { store, feed, close } = opened(world);
    await until(() => store.get().world.vms.value?.length === 1);
    world.engine.list = async () => {
      throw new SysmonvmError('config.invalid', 'state.json is not JSON');
    };
    feed.refresh();
    await until(() => store.get().world.vms.failure !== undefined);
    expect(store.get().world.vms).toMatchObject({ failure: { code: 'config.invalid' } });
    expect(store.get().world.vms.value).toHaveLength(1);
    await close();
  });
});

describe('the plain form', () => {
  it('tells each change once, in words', () => {
    const known = new Map<string, VmSnapshot>();
    expect(changes(known, [readyVm()])).toEqual([
      'build: ready after 12.4s, debian-12, trust: local, tcg, SSH at port 2222.',
    ]);
    expect(changes(known, [readyVm()])).toEqual([]);
    expect(changes(known, [])).toEqual(['build: gone.']);
  });

  it('begins with what is there and ends with its signal', async () => {
    const world = worldOf([readyVm()]);
    const end = new AbortController();
    const lines: string[] = [];
    const call = { requestId: 'r', signal: end.signal, report: () => undefined };
    const work = plainTop({ engine: world.engine, call, write: (line) => lines.push(line) });
    await until(() => lines.length === 2);
    world.tell(eventAt(8, 'vm_stopped'), [readyVm({ state: 'stopped', summary: 'stopped' })]);
    await until(() => lines.length === 3);
    end.abort();
    await work;
    expect(lines[0]).toBe('1 VM.');
    expect(lines[2]).toMatch(/^build: stopped, /);
  });
});
