import { textTable } from '../view/text-table.ts';
import type { CheckerReport } from './operations.ts';
import type { ShownSample } from './shown-sample.ts';

const actions: Readonly<Record<CheckerReport['action'], string>> = {
  installed: 'checker installed',
  'up-to-date': 'checker up to date',
  status: 'checker',
  removed: 'checker removed',
};

export function installText(report: CheckerReport): string {
  const { vm, action, sample, removed = [], problem } = report;
  if (action === 'status' && !report.installed) return `${vm}: no checker is installed\n`;
  const facts = [report.service && `service ${report.service}`, report.health, report.security, report.address];
  const known = facts.filter((fact) => fact !== undefined && fact !== '').join(', ');
  return [
    `${vm}: ${actions[action]}${known === '' ? '' : ` [${known}]`}\n`,
    ...removed.map((what) => `  ${what}\n`),
    problem === undefined ? '' : `  ${problem}\n`,
    sample === undefined ? '' : sampleText(sample),
  ].join('');
}

function sampleText({ cpus, memory }: ShownSample): string {
  const rows = cpus.map(({ cpu, usagePercent, frequency }) => [
    String(cpu),
    usagePercent === undefined ? 'unknown' : `${usagePercent.toFixed(1)} %`,
    frequency === undefined ? 'unknown' : `${Math.round(frequency.hz / 1e6)} MHz`,
    frequency?.source ?? '',
    frequency?.quality ?? '',
  ]);
  const table = textTable(
    [
      { title: 'CPU', align: 'right' },
      { title: 'USED', align: 'right' },
      { title: 'FREQUENCY', align: 'right' },
      { title: 'SOURCE' },
      { title: 'QUALITY' },
    ],
    rows,
  );
  const used = memory && `memory: ${mib(memory.usedBytes)} of ${mib(memory.totalBytes)} MiB\n`;
  return `${table}${used ?? ''}`;
}

const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);
