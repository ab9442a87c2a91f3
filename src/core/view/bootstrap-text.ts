import type { BootstrapReport, StepState } from '../bootstrap/bootstrap-operations.ts';
import type { BootstrapDocument } from '../wire/bootstrap-documents.ts';
import { textTable } from './text-table.ts';
import { formatAge, formatTime } from './times.ts';

export function bootstrapDocument({ vm, guest, steps }: BootstrapReport): BootstrapDocument {
  return {
    vm,
    ...(guest === undefined ? {} : { guest: { family: guest.family, system: guest.system, profile: guest.profile } }),
    steps: steps.map(({ step, record }) => ({
      name: step.name,
      title: step.title,
      families: [...step.families],
      profile: step.profile,
      ...(step.input === undefined ? {} : { needs: step.input }),
      ...(record === undefined ? {} : { ...record, at: formatTime(record.at) }),
    })),
  };
}

const of = ({ vm, guest }: BootstrapReport): string =>
  guest === undefined ? `${vm} was not bootstrapped yet.\n` : `${vm}: ${guest.system}, family ${guest.family}\n`;

/** What this bootstrap did. */
export function bootstrapText(report: BootstrapReport): string {
  const rows = report.steps.map(({ step, record }) => [step.name, record?.outcome ?? '-', record?.detail ?? '']);
  return of(report) + textTable([{ title: 'STEP' }, { title: 'OUTCOME' }, { title: 'DETAIL' }], rows);
}

/** Every step, and what the record of the VM says of it. */
export function bootstrapListText(report: BootstrapReport, now: number): string {
  const rows = report.steps.map(({ step, record }: StepState) => [
    step.name,
    step.input === undefined ? step.profile : `--${step.input}`,
    record === undefined ? '-' : `${record.outcome} (${formatAge(now - record.at)} ago)`,
    step.title,
  ]);
  const columns = [{ title: 'STEP' }, { title: 'PART OF' }, { title: 'LAST OUTCOME' }, { title: 'WHAT IT DOES' }];
  return of(report) + textTable(columns, rows);
}
