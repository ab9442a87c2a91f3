import { type CommandSpec, vmArgument } from '../../cli/command-spec.ts';
import { readPortNumber } from '../../cli/port-pair.ts';

export const vmPortRemove: CommandSpec = {
  name: 'vm-port remove',
  group: 'life',
  summary: 'Take a forwarded port away from a VM',
  arguments: [{ name: 'port', description: 'port of the host', required: true, complete: 'none' }, vmArgument],
  examples: [
    { command: 'sysmonvm vm-port remove 8080', what: 'of the VM of the configuration' },
    { command: 'sysmonvm vm-port remove 5432 db', what: 'of another VM' },
  ],
  document: 'port-removed',
  run: async (context) => {
    const text = context.argument('port') ?? '';
    const host = readPortNumber(text, text);
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    await engine.removePort(name, host, context.call);
    await context.endProgress();
    context.output.document(
      { vm: name, removed: { host } },
      () => `127.0.0.1:${host} is no longer forwarded to ${name}.\n`,
    );
    return 0;
  },
};
