import type { PoolFacts, TemplateFacts } from '../../core/warm-operations.ts';
import type { Sortable } from '../state/list-state.ts';

export interface TemplateRow extends Sortable {
  readonly facts: TemplateFacts;
  readonly pool?: PoolFacts;
}

export const templateSorts = ['name', 'age', 'size', 'users'] as const;

export function templateRows(templates: readonly TemplateFacts[], pools: readonly PoolFacts[]): readonly TemplateRow[] {
  return templates.map((facts) => {
    const { template, usedBy, allocatedBytes } = facts;
    const pool = pools.find((one) => one.template === template.name);
    return {
      key: template.name,
      facts,
      ...(pool === undefined ? {} : { pool }),
      text: [template.name, ...usedBy, facts.refused?.message ?? ''].join(' '),
      values: { name: template.name, age: -template.createdAt, size: allocatedBytes, users: usedBy.length },
    };
  });
}
