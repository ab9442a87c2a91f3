import type { Call, Removal } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { TemplateFacts } from '../../core/warm-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { findTemplate, refuse, templateFacts, usersOf, whyRefused } from './find-template.ts';

const lockPatienceMs = 20_000;

export async function listTemplates(deps: Dependencies): Promise<readonly TemplateFacts[]> {
  const { templates } = await (await deps.templates()).list();
  const { signal } = new AbortController();
  return Promise.all(
    templates.map(async (template) => templateFacts(deps, template, await whyRefused(deps, template, 'parts', signal))),
  );
}

export async function showTemplate(deps: Dependencies, name: string): Promise<TemplateFacts> {
  const template = await findTemplate(deps, name);
  const refused = await whyRefused(deps, template, 'parts', new AbortController().signal);
  return templateFacts(deps, template, refused);
}

/** Reads every part. @throws template.changed, template.other-machine */
export async function verifyTemplate(deps: Dependencies, call: Call, name: string): Promise<TemplateFacts> {
  const template = await findTemplate(deps, name);
  const step = `read template ${name}`;
  call.report({ kind: 'step', step, state: 'running' });
  const refused = await whyRefused(deps, template, 'thorough', call.signal);
  if (refused) refuse(template, refused);
  call.report({ kind: 'step', step, state: 'done' });
  return templateFacts(deps, await findTemplate(deps, name), undefined);
}

/** Never while something lies on it. One that cannot be read any more goes by its name. */
export async function destroyTemplate(
  deps: Dependencies,
  call: Call,
  name: string,
  { dryRun }: { readonly dryRun: boolean },
): Promise<readonly Removal[]> {
  const store = await deps.templates();
  const broken = (await store.list()).broken.find((found) => found.name === name);
  if (!broken) await findTemplate(deps, name);
  const lock = await store.lock(name, 'destroy', deps.clock.now() + lockPatienceMs, call.signal);
  try {
    const users = await usersOf(deps, broken ? { name } : await findTemplate(deps, name));
    if (users.length > 0) {
      fail('template.in-use', `template ${name} is in use by ${users.join(', ')}`, {
        details: { template: name, usedBy: users },
        next: users
          .filter((user) => !user.startsWith('template '))
          .map((user) => (user.startsWith('pool ') ? `sysmonvm pool destroy ${name}` : `sysmonvm vm-destroy ${user}`)),
      });
    }
    const directory = store.directoryOf(name);
    const removal = {
      what: `template ${name}: memory, device state, disk, firmware variables`,
      path: directory,
      reason: 'nothing lies on it',
      bytes: await deps.files.usage(directory),
    };
    if (!dryRun) await store.remove(name);
    return [removal];
  } finally {
    await lock.release();
  }
}
