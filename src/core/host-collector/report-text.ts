import type { CollectorReport, InstallReport, PackageReport } from './operations.ts';
import { describeStep } from './steps.ts';

/** The document of a report: steps as a person would type them. */
export const shownSteps = <R extends CollectorReport>(report: R) => ({
  ...report,
  steps: report.steps.map(describeStep),
});

const list = ({ steps }: CollectorReport) => steps.map((step) => `  ${describeStep(step)}\n`).join('');

export function installText(report: InstallReport): string {
  if (report.dryRun) return `Would do, as root:\n${list(report)}`;
  const vms = report.vms.length === 0 ? 'no VM' : report.vms.map(({ name }) => name).join(', ');
  return `The host collector runs: gRPC at ${report.listen.host}:${report.listen.port}, joined with ${vms}.\nconfiguration ${report.config}\nservice ${report.service}\n`;
}

export function uninstallText(report: CollectorReport): string {
  if (report.steps.length === 0) return 'No host collector is installed here.\n';
  return report.dryRun ? `Would do, as root:\n${list(report)}` : 'The host collector is gone.\n';
}

export function packageText(report: PackageReport): string {
  return report.dryRun ? `Would do:\n${list(report)}` : report.files.map(({ path }) => `${path}\n`).join('');
}
