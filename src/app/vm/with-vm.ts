import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { VmRecord } from '../../core/ports/vm-store.ts';
import { admit, type RequestKind } from '../../core/vm/requests.ts';
import type { Dependencies } from '../dependencies.ts';
import { reconcile } from './reconcile.ts';
import { VmSession } from './session.ts';

const lockPatienceMs = 20_000;

export async function findVm(deps: Dependencies, name: string): Promise<VmRecord> {
  const found = await deps.store.find(name);
  if (found) return found;
  const { vms } = await deps.store.list();
  const names = vms.map((vm) => vm.identity.name);
  return fail(
    'vm.not-found',
    `there is no VM named ${name} in ${deps.store.workspace}${names.length > 0 ? `; there are: ${names.join(', ')}` : ''}`,
    {
      details: { name, workspace: deps.store.workspace },
      next: ['sysmonvm vm-list', `sysmonvm vm-create ${name}`],
    },
  );
}

/**
 * Takes the lock of a VM, brings the record up to what the world shows, and runs `work` as its one writer.
 * What a crash left (half-created, half-destroyed) is undone here and then does not exist.
 */
export async function withVm<T>(
  deps: Dependencies,
  call: Call,
  name: string,
  purpose: string,
  work: (session: VmSession) => Promise<T>,
  options: { readonly forRemoval?: boolean } = {},
): Promise<T> {
  const { identity } = await findVm(deps, name);
  const lock = await deps.store.lock(identity.id, purpose, deps.clock.now() + lockPatienceMs, call.signal);
  try {
    const record = await deps.store.load(identity.id);
    if (!record)
      return fail('vm.not-found', `VM ${name} was destroyed by another command`, { next: ['sysmonvm vm-list'] });
    const session = new VmSession(deps, call, record, options);
    if ((await reconcile(deps, session)) === 'gone') {
      return fail('vm.not-found', `VM ${name} was left half-made by a command that was killed; the rest was removed`, {
        next: [`sysmonvm vm-create ${name}`],
      });
    }
    return await work(session);
  } finally {
    await lock.release();
  }
}

/** True: go on. False: it is already so (the reason is reported). A denial is an error. */
export function admitted(
  session: VmSession,
  request: RequestKind,
): { readonly go: true } | { readonly go: false; readonly reason: string } {
  const admission = admit(session.state, request);
  const { name } = session.identity;
  if (admission.outcome === 'accepted') return { go: true };
  if (admission.outcome === 'ignored') return { go: false, reason: admission.reason };
  return fail('vm.refused', `VM ${name} cannot do that (${request}): ${admission.reason}`, {
    details: { vm: name, state: session.state.kind, request, reason: admission.reason },
    next: admission.next.map((command) => command.replaceAll('NAME', name)),
  });
}
