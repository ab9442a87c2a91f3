import type { CommandSpec } from '../cli/command-spec.ts';
import { labelledLines } from '../core/view/text-table.ts';

function shown(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value !== 'object') return String(value);
  const parts = Object.entries(value).map(([key, part]) => `${key} ${shown(part)}`);
  return Array.isArray(value) ? value.map(shown).join(', ') : parts.join(', ');
}

export const version: CommandSpec = {
  name: 'version',
  group: 'about',
  summary: 'Name the versions of everything that takes part',
  examples: [
    { command: 'sysmonvm version', what: 'sysmonvm, Node, QEMU, firmware, operating system' },
    { command: 'sysmonvm version --json', what: 'for a bug report' },
  ],
  document: 'version',
  run: async (context) => {
    const versions = await (await context.engine()).versions();
    context.output.document(versions, () =>
      labelledLines(Object.entries(versions).map(([key, value]) => [key, shown(value)])),
    );
    return 0;
  },
};
