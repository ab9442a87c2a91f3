import type { VmConfig } from '../../core/config/vm-config.ts';
import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { portWishes } from '../../core/plan/make-plan.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { Template } from '../../core/template/template.ts';
import type { CreateTemplateRequest, TemplateFacts } from '../../core/warm-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { createVm } from '../vm/create-vm.ts';
import { destroyVm } from '../vm/destroy-vm.ts';
import { recoverAbandoned } from '../vm/recover-abandoned.ts';
import { requireName } from '../vm/require-name.ts';
import type { VmSession } from '../vm/session.ts';
import { startVm } from '../vm/start-vm.ts';
import { admitted, findVm, withVm } from '../vm/with-vm.ts';
import { templateFacts } from './find-template.ts';
import { becomeFirstFork, settleFreeze } from './first-fork.ts';
import { freeze, type TemplateSubject } from './freeze.ts';
import { inputsOf } from './inputs.ts';

const lockPatienceMs = 20_000;
const mib = 1024 ** 2;
/** Device state, empty overlay, firmware variables. */
const smallPartsMib = 64;

interface Making extends Pick<TemplateSubject, 'id' | 'name' | 'automatic' | 'staging'> {
  readonly deps: Dependencies;
  readonly call: Call;
}

/**
 * All or nothing: a template is filled under a hidden name and appears complete. A VM that is booted for it belongs to
 * this process; one that it is taken from goes on, as its first fork, or as it was when anything fails.
 */
export async function createTemplate(
  deps: Dependencies,
  call: Call,
  { name, source, automatic = false }: CreateTemplateRequest,
): Promise<TemplateFacts> {
  await recoverAbandoned(deps, call);
  requireName(name, 'template');
  if (source.kind === 'vm') await requireFreezable(deps, call, source.vm);
  const store = await deps.templates();
  const id = `template-${deps.randomHex(5)}`;
  const staging = await store.stage(name, id);
  try {
    const lock = await store.lock(name, 'create', deps.clock.now() + lockPatienceMs, call.signal);
    try {
      const making = { deps, call, id, name, automatic, staging };
      const made = source.kind === 'boot' ? await booted(making, source) : await taken(making, source.vm);
      return await templateFacts(deps, await store.seal(made), undefined);
    } finally {
      await lock.release();
    }
  } finally {
    await store.discard(id);
    // Restored from the template, so only when that is there for others too.
    if (source.kind === 'vm') await goOn(deps, call, source.vm);
  }
}

async function requireFreezable(deps: Dependencies, call: Call, vm: string): Promise<void> {
  const { plan, ledger } = await findVm(deps, vm);
  if (plan && plan.network.value !== 'user') refuseNetwork(vm, plan);
  if (!plan || !ledger.running) return;
  await requireTrial(deps, call, plan);
  await requireRoom(deps, plan);
}

function refuseNetwork(name: string, plan: VmPlan): never {
  return fail(
    'template.not-freezable',
    `${name} has network ${plan.network.value}: forks would share its address; a template needs network user`,
    { details: { vm: name, network: plan.network.value } },
  );
}

/** Nobody has seen it work under HVF yet, and some versions of QEMU are known to fail there: a tiny guest goes first. */
async function requireTrial(deps: Dependencies, call: Call, { name, accelerator }: VmPlan): Promise<void> {
  if (accelerator.value !== 'hvf') return;
  const { warmVerdict } = await import('../machine/warm-verdict.ts');
  const verdict = await warmVerdict(deps, call, { refresh: false });
  if (!verdict || verdict.works) return;
  const on = `QEMU ${verdict.qemuVersion} under ${verdict.accelerator}`;
  fail('template.not-freezable', `${name} cannot be frozen with ${on}: ${verdict.reason}`, {
    details: { vm: name, accelerator: verdict.accelerator, reason: verdict.reason },
    next: ['sysmonvm doctor --refresh'],
  });
}

/** Memory in a file of a full disk ends a machine in the middle of its work. */
async function requireRoom(deps: Dependencies, plan: VmPlan): Promise<void> {
  const free = await (await deps.disks()).freeBytes(deps.store.workspace);
  const needed = (plan.memoryMib.value + smallPartsMib) * mib;
  if (free >= needed) return;
  const words = `${Math.ceil(needed / mib)} MiB are needed, ${Math.floor(free / mib)} MiB are free`;
  fail('host.no-space', `there is no room for the memory of a template in ${deps.store.workspace}: ${words}`, {
    details: { directory: deps.store.workspace, neededBytes: needed, freeBytes: free },
    next: ['sysmonvm df', 'sysmonvm vm-gc --dry-run'],
  });
}

type BootSource = Extract<CreateTemplateRequest['source'], { kind: 'boot' }>;

async function booted(making: Making, { config, bootstrap }: BootSource): Promise<Template> {
  const { deps, call, name } = making;
  const vmName = `template-${name}`.slice(0, 54);
  const neutral = withoutOwn(config, `${vmName}-${deps.randomHex(4)}`);
  const { vm } = await createVm(deps, call, { config: neutral, ephemeral: true });
  try {
    const { plan } = await findVm(deps, vm.name);
    if (!plan) throw new Error('a VM without a plan');
    if (plan.network.value !== 'user') refuseNetwork(`template ${name}`, plan);
    await requireTrial(deps, call, plan);
    await requireRoom(deps, plan);
    await startVm(deps, call, vm.name, { wait: true, memory: 'shared' });
    if (bootstrap) {
      const { bootstrapVm } = await import('../bootstrap/bootstrap-vm.ts');
      await bootstrapVm(deps, call, vm.name, bootstrap);
    }
    const template = { ...plan, name, ports: portWishes(config) };
    return await withVm(deps, call, vm.name, 'freeze', async (session) => {
      admitted(session, 'freeze');
      return freeze(deps, call, session, await subjectOf(making, template, { kind: 'booted' }));
    });
  } finally {
    await destroyVm(deps, uncancelled(call), vm.name, { dryRun: false });
  }
}

/** What a fork has of its own is not the template's. */
function withoutOwn(config: VmConfig, name: string): VmConfig {
  const origin = { from: 'default' } as const;
  return {
    ...config,
    name: { value: name, origin },
    hostname: { value: undefined, origin },
    ports: { value: [], origin },
    sshPort: { ...config.sshPort, origin },
    ttlMs: { value: undefined, origin },
  };
}

async function taken(making: Making, vm: string): Promise<Template> {
  const { deps, call, name, id } = making;
  return withVm(deps, call, vm, 'freeze', async (session) => {
    admitted(session, 'freeze');
    const subject = await subjectOf(making, { ...session.plan, name }, { kind: 'taken', vm });
    await shareMemory(deps, call, session);
    await session.saveLedger({ ...session.ledger, kept: { ...session.kept, freezing: { name, id } } });
    try {
      const template = await freeze(deps, call, session, subject);
      await becomeFirstFork(deps, session, template);
      return template;
    } catch (error) {
      await settleFreeze(deps, session);
      throw error;
    }
  });
}

async function shareMemory(deps: Dependencies, call: Call, session: VmSession): Promise<void> {
  if (session.ledger.running?.memory?.kind === 'shared') return;
  const step = 'move the machine to memory that can be shared';
  call.report({ kind: 'step', step, state: 'running' });
  const { moveMemory } = await import('../machine/move-memory.ts');
  await moveMemory(deps, call, session, `${session.directory}/ram`);
  call.report({ kind: 'step', step, state: 'done' });
}

async function subjectOf(
  { deps, call, id, name, automatic, staging }: Making,
  vmPlan: VmPlan,
  from: Template['from'],
): Promise<TemplateSubject> {
  const { ttlMs: _, ...plan } = vmPlan;
  const neutral = { ...plan, ephemeral: false };
  return { id, name, automatic, staging, from, plan: neutral, ...(await inputsOf(deps, neutral, call.signal)) };
}

/** The VM that was frozen, when it became the first fork. */
async function goOn(deps: Dependencies, call: Call, vm: string): Promise<void> {
  const record = await deps.store.find(vm);
  if (!record?.ledger.kept.restore || record.recorded.state.kind !== 'stopped') return;
  if (record.ledger.kept.restore.kind === 'fork') await startVm(deps, uncancelled(call), vm, { wait: true });
}

function uncancelled(call: Call): Call {
  return { ...call, signal: new AbortController().signal };
}
