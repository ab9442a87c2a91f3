import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { vmDocument } from '../core/view/vm-document.ts';
import { vmStatusText } from '../core/view/vm-status-text.ts';

export const vmStatus: CommandSpec = {
  name: 'vm-status',
  group: 'look',
  summary: 'Show a VM: state, ports, last boot as a waterfall, last failure',
  arguments: [vmArgument],
  examples: [
    { command: 'sysmonvm vm-status', what: 'the VM of the configuration' },
    { command: 'sysmonvm vm-status build --json', what: 'everything, for a script' },
  ],
  document: 'vm',
  run: async (context) => {
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    const vm = await engine.status(name);
    context.output.document({ vm: vmDocument(vm) }, () => vmStatusText(vm));
    return 0;
  },
};
