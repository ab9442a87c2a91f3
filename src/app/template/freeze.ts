import { deadlineIn } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { TemplateStore } from '../../core/ports/template-store.ts';
import type { QmpSession } from '../../core/ports/vm-launcher.ts';
import type { RunningResources } from '../../core/resources/ledger.ts';
import type { TemplateInputs } from '../../core/template/inputs.ts';
import type { FrozenGuest, MachineFeatures, Template, TemplatePartName } from '../../core/template/template.ts';
import type { Dependencies } from '../dependencies.ts';
import { probeFeatures } from '../machine/features.ts';
import { saveState } from '../machine/save-state.ts';
import type { VmSession } from '../vm/session.ts';
import { prepareGuest } from './prepare-guest.ts';

const connectMs = 5_000;

/** What a template will be, as far as it is known before the machine stands still. */
export interface TemplateSubject {
  readonly id: string;
  readonly name: string;
  readonly automatic: boolean;
  readonly from: Template['from'];
  readonly plan: VmPlan;
  readonly key: string;
  readonly inputs: TemplateInputs;
  /** The directory that is being filled. */
  readonly staging: string;
}

/**
 * A running machine whose memory lies in a file of its own, into a published template. The machine stands still
 * afterwards and may not go on: its disk and its memory are the template's. Until the template is published nothing of
 * the VM is touched (parts are second names of its files), so that whatever fails, the machine goes on.
 */
export async function freeze(
  deps: Dependencies,
  call: Call,
  session: VmSession,
  subject: TemplateSubject,
): Promise<Template> {
  const { running } = session.ledger;
  if (!running) throw new Error('a machine that does not run cannot be frozen');
  const launcher = await deps.launcher();
  const step = `freeze ${session.identity.name}`;
  call.report({ kind: 'step', step: 'quiet the guest', state: 'running' });
  const prepared = await prepareGuest(deps, call, {
    plan: session.plan,
    kept: session.kept,
    sshPort: running.ports.find(({ purpose }) => purpose === 'ssh')?.host,
    sockets: running.sockets,
    process: running.process,
  });
  try {
    call.report({ kind: 'step', step: 'quiet the guest', state: 'done' });
    const qmp = await launcher.connect(running.sockets.qmp, deadlineIn(deps.clock, connectMs, call.signal));
    try {
      call.report({ kind: 'step', step, state: 'running' });
      const template = await standStill(deps, call, session, subject, qmp, prepared.guest);
      call.report({ kind: 'step', step, state: 'done' });
      return template;
    } finally {
      qmp.close();
    }
  } finally {
    prepared.close();
  }
}

async function standStill(
  deps: Dependencies,
  call: Call,
  session: VmSession,
  subject: TemplateSubject,
  qmp: QmpSession,
  guest: FrozenGuest,
): Promise<Template> {
  const features = await probeFeatures(qmp);
  await qmp.execute('stop');
  try {
    await saveState(deps, qmp, {
      statePath: `${subject.staging}/state`,
      transport: features.fileTransport ? 'file' : 'exec',
      ignoreShared: true,
      signal: call.signal,
    });
    const template = await describe(deps, call, session, subject, features, guest);
    await (await deps.templates()).publish(template);
    return template;
  } catch (error) {
    await qmp.execute('cont').catch(() => undefined);
    throw error;
  }
}

async function describe(
  deps: Dependencies,
  call: Call,
  session: VmSession,
  { staging, ...subject }: TemplateSubject,
  features: MachineFeatures,
  guest: FrozenGuest,
): Promise<Template> {
  const { kept, ledger } = session;
  const store = await deps.templates();
  const names = await fill(deps, session, subject.name, staging, memoryPath(ledger.running));
  const parts = await Promise.all(names.map((name) => store.measure(staging, name, call.signal)));
  const loginPublicKey = (await deps.files.read(`${kept.privateKeyPath}.pub`)) ?? '';
  return {
    schemaVersion: 1,
    ...subject,
    createdAt: deps.clock.now(),
    features,
    guest,
    loginPublicKey: loginPublicKey.trim(),
    macAddress: kept.macAddress,
    baseImagePath: kept.baseImagePath,
    ...(kept.kernelPath === undefined ? {} : { kernelPath: kept.kernelPath }),
    ...(kept.initrdPath === undefined ? {} : { initrdPath: kept.initrdPath }),
    ...(kept.template === undefined ? {} : { onTemplate: kept.template }),
    parts,
  };
}

function memoryPath(running: RunningResources | undefined): string {
  if (running?.memory?.kind === 'shared') return running.memory.path;
  return fail('template.not-freezable', 'the memory of the machine lies in no file of its own');
}

async function fill(
  deps: Dependencies,
  { kept }: VmSession,
  name: string,
  staging: string,
  ramPath: string,
): Promise<readonly TemplatePartName[]> {
  const store: TemplateStore = await deps.templates();
  const disks = await deps.disks();
  await store.add(staging, 'ram', ramPath, 'link');
  await store.add(staging, 'disk.qcow2', kept.overlayPath, 'link');
  if (kept.varsPath !== undefined) await store.add(staging, 'vars.qcow2', kept.varsPath, 'copy');
  const { virtualSizeBytes } = await disks.inspect(kept.overlayPath);
  const base = `${store.directoryOf(name)}/disk.qcow2`;
  await disks.createBlankOverlay(base, `${staging}/overlay.qcow2`, virtualSizeBytes);
  const vars: readonly TemplatePartName[] = kept.varsPath === undefined ? [] : ['vars.qcow2'];
  return ['state', 'overlay.qcow2', ...vars, 'disk.qcow2', 'ram'];
}
