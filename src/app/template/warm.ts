import type { VmConfig } from '../../core/config/vm-config.ts';
import type { Call } from '../../core/engine.ts';
import { hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import { differencesInWords, differingInputs } from '../../core/template/inputs.ts';
import type { Template } from '../../core/template/template.ts';
import type { Dependencies } from '../dependencies.ts';
import { obtainImage } from '../images/obtain-image.ts';
import { planVm } from '../vm/plan-vm.ts';
import { createTemplate } from './create-template.ts';
import { usersOf, whyRefused } from './find-template.ts';
import { inputsOf } from './inputs.ts';
import { destroyTemplate } from './list-templates.ts';

const pollMs = 250;
/** Older ones than these differ in more than what they were made from. */
const lookedAt = 5;

/** The template of a configuration: the one that is there, else a new one; tells why an older one does not do. */
export async function warmTemplate(deps: Dependencies, call: Call, config: VmConfig): Promise<Template> {
  for (;;) {
    const found = await matching(deps, call, config);
    if ('template' in found) return found.template;
    call.report({ kind: 'notice', level: 'info', text: found.why });
    try {
      const request = { name: found.name, source: { kind: 'boot', config }, automatic: true } as const;
      return (await createTemplate(deps, call, request)).template;
    } catch (error) {
      // Another command makes the very same one.
      if (!hasCode(error, 'template.name-taken')) throw error;
      await othersTurn(deps, call, found.name);
    }
  }
}

type Match = { readonly template: Template } | { readonly name: string; readonly why: string };

async function matching(deps: Dependencies, call: Call, config: VmConfig): Promise<Match> {
  const plan = await planWithImage(deps, call, config);
  const wanted = await inputsOf(deps, plan, call.signal);
  const candidates = await automaticFor(deps, plan);
  const found = await withKey(deps, call, config, candidates, wanted.key);
  if (found) {
    const refused = await whyRefused(deps, found, 'parts', call.signal);
    if (!refused) return { template: found };
    return { name: await freeName(deps, call, found), why: `made anew: ${refused.message}` };
  }
  const named = `${`warm-${plan.image.value.id.replaceAll(/[^\w.-]+/g, '-')}`.slice(0, 50)}-${wanted.key.slice(7, 15)}`;
  const taken = await (await deps.templates()).load(named);
  const name = taken ? `${named}-${deps.randomHex(2)}` : named;
  const closest = candidates
    .map((template) => ({ template, differences: differingInputs(template.inputs, wanted.inputs) }))
    .sort((a, b) => a.differences.length - b.differences.length)[0];
  if (!closest) return { name, why: `no template of this configuration yet: ${name} is made, which takes one boot` };
  const what = differencesInWords(closest.differences);
  return { name, why: `template ${closest.template.name} does not do, because it differs in ${what}: ${name} is made` };
}

/** With the image in the cache: its digest is part of the key. */
async function planWithImage(deps: Dependencies, call: Call, config: VmConfig): Promise<VmPlan> {
  const first = await planVm(deps, call, config);
  if (first.cached || !first.entry) return first.plan;
  await obtainImage(deps, call, first.entry, { force: false });
  return (await planVm(deps, call, config)).plan;
}

/** Of the same image, newest first. */
async function automaticFor(deps: Dependencies, { image, arch }: VmPlan): Promise<readonly Template[]> {
  const { templates } = await (await deps.templates()).list();
  return templates
    .filter(({ automatic, plan }) => automatic && plan.arch === arch && plan.image.value.id === image.value.id)
    .sort((a, b) => b.createdAt - a.createdAt)
    .slice(0, lookedAt);
}

/** Memory that was lowered to what was free then is no difference: each is also compared with its own plan before it. */
async function withKey(
  deps: Dependencies,
  call: Call,
  config: VmConfig,
  candidates: readonly Template[],
  wanted: string,
): Promise<Template | undefined> {
  const exact = candidates.find(({ key }) => key === wanted);
  if (exact) return exact;
  for (const template of candidates) {
    const { plan } = await planVm(deps, call, config, template.plan);
    if ((await inputsOf(deps, plan, call.signal)).key === template.key) return template;
  }
  return undefined;
}

/** One that is broken goes when nothing lies on it; else its name stays taken. */
async function freeName(deps: Dependencies, call: Call, template: Template): Promise<string> {
  if ((await usersOf(deps, template)).length > 0) return `${template.name.slice(0, 54)}-${deps.randomHex(4)}`;
  await destroyTemplate(deps, call, template.name, { dryRun: false });
  return template.name;
}

async function othersTurn(deps: Dependencies, call: Call, name: string): Promise<void> {
  const step = `wait for another command that makes template ${name}`;
  call.report({ kind: 'step', step, state: 'running' });
  await deps.clock.sleep(pollMs, call.signal);
  call.report({ kind: 'step', step, state: 'done' });
}
