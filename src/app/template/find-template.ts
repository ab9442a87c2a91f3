import { fail } from '../../core/errors/sysmonvm-error.ts';
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

/** Why it cannot be forked now. With `look: stamps` nothing is read; `thorough` reads every part. */
export async function whyRefused(
  deps: Dependencies,
  template: Template,
  look: 'parts' | 'thorough',
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const host = await factsFor(deps, template.plan, signal);
  const differences = await machineChanges(deps, template, host);
  if (differences.length > 0) {
    const what = differencesInWords(differences);
    return {
      code: 'template.other-machine',
      message: `template ${template.name} was frozen on another machine: ${what}`,
    };
  }
  const gone = await missingBase(deps, template);
  const why = gone ?? (await (await deps.templates()).whyChanged(template, look === 'thorough', signal));
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

/** VMs that were forked from it, or are being made into it, and templates whose disk lies on its disk. */
export async function usersOf(
  deps: Dependencies,
  { name, id }: Pick<Template, 'name' | 'id'>,
): Promise<readonly string[]> {
  const { vms } = await deps.store.list();
  const forks = vms.filter(({ ledger: { kept } }) => kept.template?.id === id || kept.freezing?.id === id);
  const above = (await (await deps.templates()).list()).templates.filter((other) => other.onTemplate?.id === id);
  return [
    ...forks.map((vm) => vm.identity.name),
    ...above.filter((other) => other.name !== name).map((other) => `template ${other.name}`),
  ];
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
