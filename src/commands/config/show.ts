import type { CommandSpec } from '../../cli/command-spec.ts';
import { configRows } from '../../core/view/config-rows.ts';
import { textTable } from '../../core/view/text-table.ts';

export const configShow: CommandSpec = {
  name: 'config show',
  group: 'host',
  summary: 'Show every setting, its value and where it comes from',
  examples: [
    { command: 'sysmonvm config show', what: 'the settings in force here' },
    { command: 'SYSMONVM_CPUS=2 sysmonvm config show --json', what: 'with a variable, for a script' },
  ],
  document: 'config',
  run: async (context) => {
    const [config, composition] = await Promise.all([context.config(), context.composition()]);
    const { fieldEntries } = await import('../../core/config/fields.ts');
    const rows = configRows(config, new Map(fieldEntries.map(([key, field]) => [key, field.yaml])));
    const path = composition.configPath;
    context.output.document({ path, workspace: composition.workspacePath, settings: rows }, () => {
      const table = textTable(
        [{ title: 'SETTING' }, { title: 'VALUE' }, { title: 'FROM' }],
        rows.map((row) => [row.setting, row.shown, row.from]),
      );
      return `${table}workspace ${composition.workspacePath}\n`;
    });
    return 0;
  },
};
