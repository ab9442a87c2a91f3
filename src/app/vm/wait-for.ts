import type { Answer, Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { Dependencies } from '../dependencies.ts';
import { awaitReady } from './await-ready.ts';
import { snapshotByName } from './snapshot.ts';
import { withVm } from './with-vm.ts';

export async function waitFor(
  deps: Dependencies,
  call: Call,
  name: string,
  options: { readonly until: 'ready' | 'stopped'; readonly timeoutMs?: number },
): Promise<Answer> {
  if (options.until === 'ready') {
    await awaitReady(deps, call, name, {
      starter: false,
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    });
    return { outcome: 'accepted', vm: await snapshotByName(deps, name) };
  }
  const end = options.timeoutMs === undefined ? Number.POSITIVE_INFINITY : deps.clock.now() + options.timeoutMs;
  for (;;) {
    // Opening the VM as its writer records an end that nobody has recorded yet.
    const kind = await withVm(deps, call, name, 'wait', async (session) => session.state.kind);
    if (kind === 'stopped' || kind === 'suspended' || kind === 'failed')
      return { outcome: 'accepted', vm: await snapshotByName(deps, name) };
    if (deps.clock.now() >= end) {
      fail('guest.stop-deadline', `VM ${name} is still ${kind}`, { next: [`sysmonvm vm-stop --force ${name}`] });
    }
    await deps.clock.sleep(200, call.signal);
  }
}
