import type { Answer, Call } from '../../core/engine.ts';
import type { HostFacts } from '../../core/host-facts.ts';
import { hostnameFor } from '../../core/ids/vm-name.ts';
import type { PortWish, VmPlan } from '../../core/plan/vm-plan.ts';
import type { VmIdentity } from '../../core/ports/vm-store.ts';
import type { KeptResources } from '../../core/resources/ledger.ts';
import type { Template } from '../../core/template/template.ts';
import type { ForkOptions, ForkOverrides } from '../../core/warm-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { namedResources } from '../vm/kept-resources.ts';
import { recoverAbandoned } from '../vm/recover-abandoned.ts';
import { removeVm } from '../vm/remove-vm.ts';
import { requireName } from '../vm/require-name.ts';
import { VmSession } from '../vm/session.ts';
import { snapshotOf } from '../vm/snapshot.ts';
import { startVm } from '../vm/start-vm.ts';
import { findTemplate, lookAt, refuse } from './find-template.ts';
import { forkedFrom } from './first-fork.ts';
import { planOn } from './inputs.ts';
import { newIdentity } from './renew-identity.ts';

const lockPatienceMs = 20_000;

/** A fork that has its name and its place; its files are still to be made. */
interface Registered {
  readonly session: VmSession;
  readonly plan: VmPlan;
  readonly kept: KeptResources;
  readonly template: Template;
  readonly host: HostFacts;
  readonly lock: { release(): Promise<void> };
}

/** All or nothing, as a VM that is made from an image. */
export async function createFork(
  deps: Dependencies,
  call: Call,
  templateName: string,
  overrides: ForkOverrides,
): Promise<Answer> {
  loadAhead(deps);
  await recoverAbandoned(deps, call);
  const [registered] = await register(deps, call, templateName, [overrides]);
  if (!registered) throw new Error('nothing was registered');
  return complete(deps, call, registered);
}

/**
 * Creates and restores. All names are registered first, under one look at the template; then each fork is made and
 * started, as many at a time as the host has processors. One that fails leaves the others as they are.
 */
export async function fork(
  deps: Dependencies,
  call: Call,
  templateName: string,
  request: {
    readonly names: readonly string[];
    readonly overrides?: Omit<ForkOverrides, 'name'>;
  } & ForkOptions,
): Promise<readonly Answer[]> {
  loadAhead(deps);
  await recoverAbandoned(deps, call);
  const wanted = request.names.map((name) => ({ ...request.overrides, name }));
  const registered = await register(deps, call, templateName, wanted);
  const { until, timeoutMs } = request;
  const options = {
    wait: true,
    ...(until === undefined ? {} : { until }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  const width = parallelism(registered[0]);
  const outcomes = await inParallel(width, registered, async (one) => {
    const step = `fork ${one.plan.name}`;
    if (registered.length > 1) call.report({ kind: 'step', step, state: 'running' });
    await complete(deps, call, one);
    const answer = await startVm(deps, call, one.plan.name, options);
    if (registered.length > 1) call.report({ kind: 'step', step, state: 'done' });
    return answer;
  });
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

/** What is needed further on is loaded while files are waited for; a failure shows where it is used. */
function loadAhead(deps: Dependencies): void {
  const loads = [deps.facts(), deps.guestIdentity(), deps.seed(), deps.launcher(), import('../vm/restore-vm.ts')];
  for (const load of loads) load.catch(() => undefined);
}

/** Under the template's lock: it cannot be destroyed before the forks that lie on it are on record. */
async function register(
  deps: Dependencies,
  call: Call,
  templateName: string,
  wanted: readonly ForkOverrides[],
): Promise<readonly Registered[]> {
  for (const { name } of wanted) requireName(name, 'VM');
  await findTemplate(deps, templateName);
  const store = await deps.templates();
  const lock = await store.lock(templateName, 'fork', deps.clock.now() + lockPatienceMs, call.signal);
  const made: Registered[] = [];
  try {
    const template = await findTemplate(deps, templateName);
    const { host, refused } = await lookAt(deps, template, 'parts', call.signal);
    if (refused) refuse(template, refused);
    for (const overrides of wanted) made.push(await registerOne(deps, call, template, host, overrides));
    await store.noteUse(templateName);
    return made;
  } catch (error) {
    for (const { session, lock: held } of made) await undo(deps, session).finally(() => held.release());
    throw error;
  } finally {
    await lock.release();
  }
}

async function registerOne(
  deps: Dependencies,
  call: Call,
  template: Template,
  host: HostFacts,
  overrides: ForkOverrides,
): Promise<Registered> {
  const ephemeral = overrides.ephemeral ?? false;
  const id = `vm-${deps.randomHex(5)}`;
  const plan = forkPlan(planOn(template.plan, host), overrides);
  const owner = ephemeral || overrides.pool ? await deps.processes.identify(deps.ownPid) : undefined;
  const identity: VmIdentity = {
    schemaVersion: 1,
    id,
    name: plan.name,
    createdAt: deps.clock.now(),
    ephemeral,
    ...(owner ? { owner } : {}),
    ...(overrides.pool ? { pool: overrides.pool } : {}),
  };
  const lock = await deps.store.lock(id, `fork ${plan.name}`, deps.clock.now() + 5_000, call.signal);
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
      const kept = await keptOf(deps, template, plan, id, directory);
      await session.saveLedger({ schemaVersion: 1, kept });
      return { session, plan, kept, template, host, lock };
    } catch (error) {
      await undo(deps, session);
      throw error;
    }
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The guest keeps the address of the template's card, so a cold boot later gets the same one. */
async function keptOf(
  deps: Dependencies,
  template: Template,
  plan: VmPlan,
  id: string,
  directory: string,
): Promise<KeptResources> {
  const place = (await deps.templates()).directoryOf(template.name);
  return {
    ...namedResources(deps, id, directory, plan, template),
    macAddress: template.macAddress,
    ...forkedFrom(template, place),
  };
}

function forkPlan(plan: VmPlan, { name, hostname, ports, ttlMs, ephemeral }: ForkOverrides): VmPlan {
  return {
    ...plan,
    name,
    ports: ports ?? plan.ports.map(givingWay),
    guest: { ...plan.guest, hostname: hostname ?? hostnameFor(name) },
    ephemeral: ephemeral ?? false,
    ...(ttlMs === undefined ? {} : { ttlMs }),
  };
}

/** A number can be one fork's only. */
function givingWay(wish: PortWish): PortWish {
  return wish.strength === 'fixed' ? { ...wish, strength: 'preferred' } : wish;
}

/** The files of a fork, side by side; releases its lock. */
async function complete(deps: Dependencies, call: Call, registered: Registered): Promise<Answer> {
  const { session, plan, kept, template, lock } = registered;
  try {
    const store = await deps.templates();
    const [identified] = await Promise.all([
      newIdentity(deps, plan, kept, call.signal),
      session.savePlan(plan),
      store.copyPart(template, 'overlay.qcow2', kept.overlayPath),
      kept.varsPath === undefined ? undefined : store.copyPart(template, 'vars.qcow2', kept.varsPath),
    ]);
    await session.saveLedger({ schemaVersion: 1, kept: identified });
    await session.apply({ type: 'prepared' });
    const record = await deps.store.load(session.identity.id);
    if (!record) throw new Error(`VM ${plan.name} vanished while it was created`);
    return { outcome: 'accepted', vm: await snapshotOf(deps, record) };
  } catch (error) {
    await undo(deps, session);
    throw error;
  } finally {
    await lock.release();
  }
}

async function undo(deps: Dependencies, session: VmSession): Promise<void> {
  await session.apply({ type: 'destroy-requested' }).catch(() => undefined);
  await removeVm(deps, session);
}

/** Emulation takes a processor for itself; with acceleration most of a restore is waiting. */
function parallelism(registered: Registered | undefined): number {
  return registered && registered.plan.accelerator.value !== 'tcg' ? registered.host.cpuCount : 2;
}

async function inParallel<T, R>(
  width: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly PromiseSettledResult<R>[]> {
  const outcomes: PromiseSettledResult<R>[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const [outcome] = await Promise.allSettled([work(items[index] as T)]);
      outcomes[index] = outcome;
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return outcomes;
}
