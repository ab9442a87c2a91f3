import { deadlineIn } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import type { KeptResources, RestoreSource } from '../../core/resources/ledger.ts';
import type { Template } from '../../core/template/template.ts';
import { processOf } from '../../core/vm/transition.ts';
import type { Dependencies } from '../dependencies.ts';
import { forgetRestore } from '../machine/own-state.ts';
import type { VmSession } from '../vm/session.ts';

const connectMs = 3_000;

/** What a fork keeps of its template. */
export function forkedFrom(
  template: Template,
  directory: string,
): Required<Pick<KeptResources, 'template' | 'restore'>> {
  const restore: RestoreSource = {
    kind: 'fork',
    statePath: `${directory}/state`,
    ramPath: `${directory}/ram`,
    transport: template.features.fileTransport ? 'file' : 'exec',
    readOnlyRam: template.features.readOnlyRam,
  };
  return { template: { name: template.name, id: template.id, directory }, restore };
}

/** Another machine than the one that was frozen cannot go on from there: it boots, from the disk as it was then. */
export async function bootInstead(deps: Dependencies, call: Call, session: VmSession): Promise<void> {
  if (session.kept.restore?.kind !== 'fork') return;
  await forgetRestore(deps, session);
  const text = `VM ${session.identity.name} is not restored from its template any more, but boots: it was changed`;
  call.report({ kind: 'notice', level: 'warning', text });
}

/**
 * A VM that was being made into a template when its command ended. Published: its disk is the template's now, so it goes
 * on as the first fork. Not published: nothing was taken from it, and it goes on as it was. Every step can be repeated.
 */
export async function settleFreeze(deps: Dependencies, session: VmSession): Promise<void> {
  const { freezing } = session.ledger.kept;
  if (!freezing) return;
  const template = await (await deps.templates()).load(freezing.name).catch(() => undefined);
  if (template?.id === freezing.id) return becomeFirstFork(deps, session, template);
  await letGoOn(deps, session);
  await forgetFreezing(session);
}

async function forgetFreezing(session: VmSession): Promise<void> {
  const { freezing: _, ...kept } = session.ledger.kept;
  await session.saveLedger({ ...session.ledger, kept });
}

/** The VM's machine has stood still since it was frozen. Its disk is replaced before the record says so. */
export async function becomeFirstFork(deps: Dependencies, session: VmSession, template: Template): Promise<void> {
  const store = await deps.templates();
  await session.endRunning();
  const message = `frozen as template ${template.name}`;
  await session.apply({ type: 'process-exited', exit: { at: deps.clock.now(), reason: 'stopped', message } });
  await store.copyPart(template, 'overlay.qcow2', session.kept.overlayPath);
  await deps.files.remove(`${session.directory}/ram`);
  const { freezing: _, ...kept } = session.ledger.kept;
  await session.saveLedger({
    ...session.ledger,
    kept: { ...kept, ...forkedFrom(template, store.directoryOf(template.name)) },
  });
}

/** A machine that was stopped for its state to be saved, by a command that is gone. */
async function letGoOn(deps: Dependencies, session: VmSession): Promise<void> {
  const process = processOf(session.state);
  const socket = session.ledger.running?.sockets.qmp;
  if (!process || socket === undefined || session.state.kind === 'paused') return;
  if (!(await deps.processes.isAlive(process))) return;
  const qmp = await (await deps.launcher()).connect(socket, deadlineIn(deps.clock, connectMs));
  try {
    const { status } = await qmp.execute<{ status: string }>('query-status');
    if (status !== 'running') await qmp.execute('cont');
  } finally {
    qmp.close();
  }
}
