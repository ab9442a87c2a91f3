import { type Choice, everything } from '../core/measure/history/choose-series.ts';
import { labelsOf } from '../core/measure/history/compare-labels.ts';
import type { HistorySeries } from '../core/measure/history/history.ts';
import { byId, element } from './element.ts';

const selects = ['workload', 'metric', 'guest', 'arch', 'label'] as const;
const titles: Readonly<Record<keyof Choice, string>> = {
  workload: 'Workload',
  metric: 'Metric',
  guest: 'Guest',
  arch: 'Architecture',
  label: 'Label',
  from: 'From (UTC)',
  to: 'To (UTC)',
};

/** A control for each part of the choice; `changed` is told whenever one is used. */
export function showFilters(series: readonly HistorySeries[], changed: (choice: Choice) => void): void {
  const form = byId('filters') as HTMLFormElement;
  const valuesOf = (key: (typeof selects)[number]) =>
    key === 'label' ? labelsOf(series) : [...new Set(series.map((one) => one[key]))].sort();
  const select = (key: (typeof selects)[number]) => {
    const options = valuesOf(key).map((value) => element('option', { value }, value));
    return labelled(key, element('select', { name: key }, element('option', { value: '' }, 'all'), ...options));
  };
  const date = (key: 'from' | 'to') => labelled(key, element('input', { name: key, type: 'date' }));
  const reset = element('button', { type: 'reset' }, 'Show everything');
  form.append(...selects.map(select), date('from'), date('to'), reset);
  form.addEventListener('input', () => changed(choiceOf(form)));
  // The controls are empty only after the event.
  form.addEventListener('reset', () => setTimeout(() => changed(choiceOf(form))));
  form.addEventListener('submit', (event) => event.preventDefault());
}

const labelled = (key: keyof Choice, control: HTMLElement): HTMLElement => element('label', {}, titles[key], control);

function choiceOf(form: HTMLFormElement): Choice {
  const values = new FormData(form);
  const entries = Object.keys(everything).map((key) => [key, String(values.get(key) ?? '')]);
  return { ...everything, ...(Object.fromEntries(entries) as Partial<Choice>) };
}
