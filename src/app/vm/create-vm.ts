import type { Answer, Call, CreateOptions } from '../../core/engine.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { CachedImage } from '../../core/ports/image-cache.ts';
import type { VmIdentity } from '../../core/ports/vm-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { obtainImage } from '../images/obtain-image.ts';
import { namedResources } from './kept-resources.ts';
import { makeIdentity } from './make-identity.ts';
import { planVm } from './plan-vm.ts';
import { recoverAbandoned } from './recover-abandoned.ts';
import { removeVm } from './remove-vm.ts';
import { VmSession } from './session.ts';
import { snapshotOf } from './snapshot.ts';

/**
 * All or nothing: the VM is registered in state preparing under its lock; whatever fails or is interrupted, its
 * parts are removed again; what a kill leaves is removed by the next command.
 */
export async function createVm(
  deps: Dependencies,
  call: Call,
  { config, ephemeral = false }: CreateOptions,
): Promise<Answer> {
  await recoverAbandoned(deps, call);
  const before = await planVm(deps, call, config);
  for (const text of before.plan.warnings) call.report({ kind: 'notice', level: 'warning', text });
  const image =
    before.cached ?? (before.entry ? await obtainImage(deps, call, before.entry, { force: false }) : undefined);
  if (!image) throw new Error('a planned image is neither cached nor obtainable');
  const { plan } = before.cached ? before : await planVm(deps, call, config);

  const id = `vm-${deps.randomHex(5)}`;
  const owner = ephemeral ? await deps.processes.identify(deps.ownPid) : undefined;
  const identity: VmIdentity = {
    schemaVersion: 1,
    id,
    name: plan.name,
    createdAt: deps.clock.now(),
    ephemeral,
    ...(owner ? { owner } : {}),
  };
  const held = await deps.store.lock(id, `create ${plan.name}`, deps.clock.now() + 5_000, call.signal);
  try {
    const recorded = {
      schemaVersion: 1,
      generation: 0,
      state: { kind: 'preparing', since: deps.clock.now(), step: 'register' },
    } as const;
    const directory = await deps.store.register(identity, recorded);
    const session = new VmSession(deps, call, {
      identity,
      directory,
      recorded,
      ledger: { schemaVersion: 1, kept: {} },
    });
    try {
      await session.savePlan(ephemeral ? { ...plan, ephemeral: true } : plan);
      await prepareParts(deps, call, session, plan, image);
      await session.apply({ type: 'prepared' });
      return { outcome: 'accepted', vm: await snapshotOf(deps, await loaded(deps, id)) };
    } catch (error) {
      await session.apply({ type: 'destroy-requested' }).catch(() => undefined);
      await removeVm(deps, session);
      throw error;
    }
  } finally {
    await held.release();
  }
}

async function loaded(deps: Dependencies, id: string) {
  const record = await deps.store.load(id);
  if (!record) throw new Error(`VM ${id} vanished while it was created`);
  return record;
}

async function prepareParts(
  deps: Dependencies,
  call: Call,
  session: VmSession,
  plan: VmPlan,
  image: CachedImage,
): Promise<void> {
  const { id } = session.identity;
  const { directory } = session;
  const kept = namedResources(deps, id, directory, plan, {
    baseImagePath: image.path,
    ...(image.kernelPath && image.initrdPath ? { kernelPath: image.kernelPath, initrdPath: image.initrdPath } : {}),
  });
  // The ledger names what will be held before it exists, so that a crash leaves nothing unnamed.
  await session.saveLedger({ schemaVersion: 1, kept });
  const step = async (text: string, work: () => Promise<void>): Promise<void> => {
    call.signal.throwIfAborted();
    call.report({ kind: 'step', step: text, state: 'running' });
    await work();
    call.report({ kind: 'step', step: text, state: 'done' });
  };
  const disks = await deps.disks();
  await step('make the overlay disk', () =>
    disks.createOverlay(image.path, image.format, kept.overlayPath, plan.diskGib.value),
  );
  const { firmware } = plan;
  const { varsPath } = kept;
  if (firmware && varsPath)
    await step('copy the firmware variables', () =>
      disks.createVars(firmware.varsTemplatePath, firmware.varsFormat, varsPath),
    );
  await step('make keys and the cloud-init seed', async () => {
    const { hostKey } = await makeIdentity(deps, plan, kept, call.signal);
    await session.saveLedger({ schemaVersion: 1, kept: { ...kept, hostPublicKey: hostKey.publicKey } });
  });
}
