import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Call, Engine, LogSource } from '../../../src/core/engine.ts';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import { openDetailFeed } from '../../../src/tui/feed/detail-feed.ts';
import { firstState, withWorld } from '../../../src/tui/state/app-state.ts';
import { createStore } from '../../../src/tui/state/store.ts';
import { bootStart, readyVm } from '../../support/snapshots.ts';
import { loaded } from '../../support/tui-session.tsx';

const ends: AbortController[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end.abort();
});

/** Logs tell these lines and, when they are followed, wait for their signal. */
function detailOf(lines: Partial<Record<LogSource, readonly string[]>>) {
  const end = new AbortController();
  ends.push(end);
  const looked: string[] = [];
  const first = firstState({ columns: 80, rows: 24 }, bootStart);
  const vms = loaded([readyVm({ id: 'a', name: 'build' })]);
  const store = createStore(withWorld({ ...first, screen: 'vm', vm: 'a' }, { vms }));
  async function* logs(_: string, options: { readonly source: LogSource; readonly follow: boolean }, call: Call) {
    const known = lines[options.source];
    if (known === undefined) throw new SysmonvmError('guest.command-failed', `no ${options.source} log`);
    yield* known;
    if (options.follow) await new Promise((resolve) => call.signal.addEventListener('abort', resolve));
  }
  const engine = {
    logs,
    planOf: async () => Promise.reject(new Error('not asked here')),
    snapshots: { list: async () => [{ name: 'before', createdAt: bootStart, memory: false }] },
    checker: { status: async () => ({ vm: 'build', action: 'status', installed: false }) },
  } as unknown as Engine;
  const feed = openDetailFeed({
    ...{ engine, store, signal: end.signal, newRequestId: () => 'r', now: () => bootStart },
    lookAt: (vmId) => looked.push(vmId),
  });
  return { feed, looked, detail: () => store.get().world.detail };
}

const waitFor = (check: () => void) => vi.waitFor(check, { timeout: 5000 });

describe('the VM that is shown', () => {
  it('is looked at when its console tells something, once for all that came within a second', async () => {
    const { feed, looked, detail } = detailOf({ console: ['one', 'two', 'three'], qemu: [] });
    feed.follow('a');
    await waitFor(() => expect(detail()?.console.lines).toEqual(['one', 'two', 'three']));
    await waitFor(() => expect(looked).toEqual(['a']));
  });

  it('has the log of QEMU, and that of cloud-init when it is asked for', async () => {
    const { feed, detail } = detailOf({ console: [], qemu: ['qemu: hello'], 'cloud-init': ['init: done'] });
    feed.follow('a');
    await waitFor(() => expect(detail()?.logs.lines).toEqual(['qemu: hello']));
    feed.showLog('cloud-init');
    await waitFor(() => expect(detail()).toMatchObject({ logSource: 'cloud-init', logs: { lines: ['init: done'] } }));
    feed.showLog('qemu');
    await waitFor(() => expect(detail()).toMatchObject({ logSource: 'qemu', logs: { lines: ['qemu: hello'] } }));
  });

  it('says why the log of the guest cannot be had', async () => {
    const { feed, detail } = detailOf({ console: [], qemu: [] });
    feed.follow('a');
    feed.showLog('cloud-init');
    await waitFor(() => expect(detail()?.logs.lines).toEqual(['no cloud-init log']));
  });

  it('has its snapshots; of another VM nothing stays', async () => {
    const { feed, detail } = detailOf({ console: [], qemu: [] });
    feed.follow('a');
    await waitFor(() => expect(detail()?.snapshots.value).toMatchObject([{ name: 'before' }]));
    feed.follow(undefined);
    expect(detail()).toBeUndefined();
  });
});
