import type { HostFacts } from '../../core/host-facts.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import {
  canonicalInputs,
  type InputDifference,
  machineDifferences,
  type TemplateInputs,
  templateInputs,
} from '../../core/template/inputs.ts';
import type { Template } from '../../core/template/template.ts';
import type { Dependencies } from '../dependencies.ts';

type Needs = Pick<Dependencies, 'facts' | 'digestOfText' | 'renewalProgram'>;

export async function inputsOf(
  deps: Needs,
  plan: VmPlan,
  signal: AbortSignal,
): Promise<{ readonly inputs: TemplateInputs; readonly key: string }> {
  const inputs = await inputsOn(deps, plan, await factsFor(deps, plan, signal));
  return { inputs, key: deps.digestOfText(canonicalInputs(inputs)) };
}

export async function factsFor(deps: Needs, plan: VmPlan, signal: AbortSignal): Promise<HostFacts> {
  return (await deps.facts()).collect(plan.arch, signal);
}

/** In what this host differs from the one on which the template was frozen; a state would not fit. */
export async function machineChanges(
  deps: Needs,
  template: Template,
  host: HostFacts,
): Promise<readonly InputDifference[]> {
  const now = await inputsOn(deps, planOn(template.plan, host), host);
  const accelerator = template.plan.accelerator.value;
  const usable = accelerator === 'tcg' || (host.accelerator?.name === accelerator && host.accelerator.usable);
  return machineDifferences(template.inputs, usable ? now : { ...now, accelerator: 'not usable' });
}

/** The plan with the QEMU and the firmware that are here now. */
export function planOn(plan: VmPlan, { qemu, firmware }: HostFacts): VmPlan {
  return {
    ...plan,
    qemu: qemu ?? { ...plan.qemu, version: 'none', digest: 'none' },
    ...(plan.firmware === undefined || firmware === undefined ? {} : { firmware }),
  };
}

async function inputsOn(deps: Needs, plan: VmPlan, host: HostFacts): Promise<TemplateInputs> {
  const renewalDigest = deps.digestOfText(await deps.renewalProgram());
  return templateInputs(plan, { host, renewalDigest, digest: deps.digestOfText });
}
