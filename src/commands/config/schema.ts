import type { CommandSpec } from '../../cli/command-spec.ts';

export const configSchema: CommandSpec = {
  name: 'config schema',
  group: 'host',
  summary: 'Print the JSON Schema of config.yaml, for editors',
  examples: [
    { command: 'sysmonvm config schema > config.schema.json', what: 'save it beside config.yaml' },
    { command: 'sysmonvm config schema --json', what: 'the same inside a versioned document' },
  ],
  document: 'config-schema',
  run: async (context) => {
    const { configJsonSchema } = await import('../../core/config/json-schema.ts');
    const schema = configJsonSchema();
    context.output.pasteable({ schema }, `${JSON.stringify(schema, null, 2)}\n`);
    return 0;
  },
};
