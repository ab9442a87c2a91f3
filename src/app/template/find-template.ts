import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { HostFacts } from '../../core/host-facts.ts';
import { differencesInWords } from '../../core/template/inputs.ts';
import type { Template } from '../../core/template/template.ts';
import type { TemplateFacts } from '../../core/warm-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { factsFor, machineChanges } from './inputs.ts';

export async function findTemplate(deps: Dependencies, name: string): Promise<Template> {
  const store = await deps.templates();
  const found = await store.load(name);
  if (found) return found;
  const names = (await store.list()).templates.map((template) => template.name);
  const there = names.length > 0 ? `; there are: ${names.join(', ')}` : '';
  return fail('template.not-found', `there is no template named ${name} in ${deps.store.workspace}${there}`, {
    details: { name, workspace: deps.store.workspace },
    next: ['sysmonvm template list', `sysmonvm template create ${name}`],
  });
}

export interface Refusal {
  readonly code: 'template.changed' | 'template.other-machine';
  readonly message: string;
}

/** Why it cannot be forked now. `parts` reads the small ones and looks at the stamps of the large ones. */
export async function whyRefused(
  deps: Dependencies,
  template: Template,
  look: 'parts' | 'thorough',
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  return (await lookAt(deps, template, look, signal)).refused;
}

/** The same, with the host as it was found. */
export async function lookAt(
  deps: Dependencies,
  template: Template,
  look: 'parts' | 'thorough',
  signal: AbortSignal,
): Promise<{ readonly host: HostFacts; readonly refused: Refusal | undefined }> {
  const store = await deps.templates();
  const [host, changed] = await Promise.all([
    factsFor(deps, template.plan, signal),
    store.whyChanged(template, look === 'thorough', signal),
  ]);
  return { host, refused: await refusalOf(deps, template, host, changed) };
}

async function refusalOf(
  deps: Dependencies,
  template: Template,
  host: HostFacts,
  changed: string | undefined,
): Promise<Refusal | undefined> {
  const differences = await machineChanges(deps, template, host);
  if (differences.length > 0) {
    const what = differencesInWords(differences);
    return {
      code: 'template.other-machine',
      message: `template ${template.name} was frozen on another machine: ${what}`,
    };
  }
  const why = (await missingBase(deps, template)) ?? changed;
  return why === undefined
    ? undefined
    : { code: 'template.changed', message: `template ${template.name} cannot be used: ${why}` };
}

export function refuse(template: Template, { code, message }: Refusal): never {
  const again = `sysmonvm template destroy ${template.name} && sysmonvm template create ${template.name}`;
  return fail(code, message, { details: { template: template.name }, next: [again] });
}

async function missingBase(
  deps: Dependencies,
  { baseImagePath, kernelPath, initrdPath, onTemplate }: Template,
): Promise<string | undefined> {
  for (const path of [baseImagePath, kernelPath, initrdPath, onTemplate && `${onTemplate.directory}/disk.qcow2`])
    if (path !== undefined && !(await deps.files.exists(path))) return `${path}, on which its disk lies, is missing`;
  return undefined;
}

/**
 * VMs that were forked from it, or are being made into it, and templates whose disk lies on its disk. Of one that cannot
 * be read only the name is known.
 */
export async function usersOf(
  deps: Dependencies,
  { name, id }: { readonly name: string; readonly id?: string },
): Promise<readonly string[]> {
  const isIt = (other: { readonly name: string; readonly id: string } | undefined): boolean =>
    other !== undefined && (id === undefined ? other.name === name : other.id === id);
  const { vms } = await deps.store.list();
  const forks = vms.filter(({ ledger: { kept } }) => isIt(kept.template) || isIt(kept.freezing));
  const pool = await poolOf(deps, isIt);
  const named = forks.filter(({ identity }) => !pool || identity.pool === undefined);
  const { templates } = await (await deps.templates()).list();
  const above = templates.filter((other) => isIt(other.onTemplate));
  return [
    ...(pool ? [`pool ${pool}`] : []),
    ...named.map((vm) => vm.identity.name),
    ...above.map((other) => `template ${other.name}`),
  ];
}

async function poolOf(
  deps: Dependencies,
  isIt: (other: { readonly name: string; readonly id: string }) => boolean,
): Promise<string | undefined> {
  const pools = await (await deps.pools()).list();
  return pools.find(({ template, templateId }) => isIt({ name: template, id: templateId }))?.template;
}

export async function templateFacts(
  deps: Dependencies,
  template: Template,
  refused: Refusal | undefined,
): Promise<TemplateFacts> {
  const directory = (await deps.templates()).directoryOf(template.name);
  return {
    template,
    directory,
    usedBy: await usersOf(deps, template),
    allocatedBytes: await deps.files.usage(directory),
    ...(refused === undefined ? {} : { refused }),
  };
}
