import type { DoctorReport } from '../engine.ts';

const signs = { ok: 'ok     ', warning: 'warning', problem: 'PROBLEM' } as const;

/** One line for each finding and one for its remedy. */
export function findingsText({ findings }: DoctorReport): string {
  const lines = findings.flatMap((finding) => [
    `${signs[finding.status]}  ${finding.id}: ${finding.summary}\n`,
    ...(finding.remedy === undefined ? [] : [`         → ${finding.remedy}\n`]),
  ]);
  return lines.join('');
}

/** The same, and what it comes to. */
export function doctorText(report: DoctorReport): string {
  const count = (status: 'warning' | 'problem') => report.findings.filter((f) => f.status === status).length;
  const problems = count('problem');
  const warnings = count('warning');
  const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;
  const verdict =
    problems === 0 && warnings === 0
      ? 'Everything is in order.'
      : `${plural(problems, 'problem')}, ${plural(warnings, 'warning')}.`;
  return `${findingsText(report)}${verdict}\n`;
}

export function hasProblem(report: DoctorReport): boolean {
  return report.findings.some((finding) => finding.status === 'problem');
}
