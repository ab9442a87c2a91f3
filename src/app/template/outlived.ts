import type { Template } from '../../core/template/template.ts';
import type { Dependencies } from '../dependencies.ts';
import { usersOf, whyRefused } from './find-template.ts';

/** Automatic templates that nothing lies on and that cannot be used here, or were not used for two weeks. */
export async function outlivedTemplates(
  deps: Dependencies,
  signal: AbortSignal,
): Promise<readonly { readonly template: Template; readonly reason: string }[]> {
  const store = await deps.templates();
  const outlived: { template: Template; reason: string }[] = [];
  for (const template of (await store.list()).templates) {
    if (!template.automatic || (await usersOf(deps, template)).length > 0) continue;
    const reason = await whyOutlived(deps, template, signal);
    if (reason !== undefined) outlived.push({ template, reason });
  }
  return outlived;
}

const unusedForMs = 14 * 86_400_000;

async function whyOutlived(deps: Dependencies, template: Template, signal: AbortSignal): Promise<string | undefined> {
  const refused = await whyRefused(deps, template, 'parts', signal);
  if (refused) return refused.message;
  const lastUse = (await (await deps.templates()).lastUse(template.name)) ?? template.createdAt;
  return deps.clock.now() - lastUse > unusedForMs ? 'made by --warm and not used for 14 days' : undefined;
}
