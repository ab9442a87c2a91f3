import type { HostSetupReport } from '../engine.ts';
import type { ToolFinding } from '../ports/tool-installer.ts';
import { quoteWords } from '../ssh/shell-quoting.ts';
import { textTable } from './text-table.ts';

/** A tool that keeps a VM from running. */
export function isLacking(finding: ToolFinding): boolean {
  return finding.required && finding.status !== 'present';
}

function toolRow(tool: ToolFinding): readonly string[] {
  const floor = tool.minimumVersion === undefined ? '' : ` (at least ${tool.minimumVersion})`;
  const need = tool.required ? tool.neededFor : `${tool.neededFor} (optional)`;
  const note = tool.note === undefined ? '' : ` - ${tool.note}`;
  return [tool.status, tool.tool, `${tool.version ?? '-'}${floor}`, `${need}${note}`];
}

export function hostSetupText(report: HostSetupReport): string {
  const table = textTable(
    [{ title: 'STATUS' }, { title: 'TOOL' }, { title: 'VERSION' }, { title: 'NEEDED FOR' }],
    report.tools.map(toolRow),
  );
  const install =
    report.install === undefined || report.installed
      ? ''
      : `\nTo install what is missing (${report.install.manager}):\n${report.install.commands
          .map((command) => `  ${quoteWords(command)}\n`)
          .join('')}`;
  const done = report.installed ? '\nInstalled what was missing.\n' : '';
  const created = report.workspace.created.map((path) => `  ${path}\n`).join('');
  const workspace = `\nWorkspace ${report.workspace.path}${created === '' ? '\n' : `, created:\n${created}`}`;
  return `${table}${install}${done}${workspace}`;
}
