import type { WorkloadProblem } from './check-workload.ts';

/**
 * A second form of workload is about: `name` for the id, and criteria as `profile: {metric: "< 50"}`. It names neither
 * parameter nor unit and cannot be read with certainty, so it is refused with what to write instead.
 */
export function foreignForm(item: unknown): readonly WorkloadProblem[] {
  if (!isMapping(item)) return [];
  const problems: WorkloadProblem[] = [];
  if ('name' in item && !('workload_id' in item))
    problems.push({
      path: ['name'],
      message: `is the key of another form; write workload_id: ${JSON.stringify(item['name'])}`,
    });
  const criteria = item['acceptance_criteria'];
  if (!isMapping(criteria)) return problems;
  for (const [profile, limits] of Object.entries(criteria))
    if (isMapping(limits))
      problems.push({
        path: ['acceptance_criteria', profile],
        message: `is a mapping, which another form has; write a list: ${asList(limits)}`,
      });
  return problems;
}

function asList(limits: Readonly<Record<string, unknown>>): string {
  return Object.entries(limits)
    .map(([metric, limit]) => {
      const [, condition = '<=', number = String(limit)] = /^\s*([<>]=?|==)?\s*(.*?)\s*$/.exec(String(limit)) ?? [];
      return `- {metric: ${metric}, condition: "${condition}", threshold_value: ${number}}`;
    })
    .join(' ');
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
