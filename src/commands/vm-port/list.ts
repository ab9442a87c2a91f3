import { type CommandSpec, vmArgument } from '../../cli/command-spec.ts';
import { textTable } from '../../core/view/text-table.ts';

export const vmPortList: CommandSpec = {
  name: 'vm-port list',
  group: 'life',
  summary: 'Show the forwarded ports of a VM',
  arguments: [vmArgument],
  examples: [
    { command: 'sysmonvm vm-port list', what: 'ports of the VM of the configuration' },
    { command: 'sysmonvm vm-port list db --json', what: 'for a script' },
  ],
  document: 'ports',
  run: async (context) => {
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    const { ports } = await engine.status(name);
    context.output.document({ vm: name, ports }, () =>
      textTable(
        [{ title: 'HOST' }, { title: 'GUEST', align: 'right' }, { title: 'FOR' }],
        ports.map((port) => [`127.0.0.1:${port.host}`, String(port.guest), port.purpose]),
      ),
    );
    return 0;
  },
};
