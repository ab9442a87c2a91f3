import { type CommandSpec, vmArgument } from '../../cli/command-spec.ts';
import { readPortPair } from '../../cli/port-pair.ts';

export const vmPortAdd: CommandSpec = {
  name: 'vm-port add',
  group: 'life',
  summary: 'Forward one more port of 127.0.0.1 to a running VM',
  description: 'Later starts of the VM forward it again, with the same number if that is free, until it is removed.',
  arguments: [
    {
      name: 'port',
      description: 'HOST:GUEST, or GUEST alone for any free host port',
      required: true,
      complete: 'none',
    },
    vmArgument,
  ],
  examples: [
    { command: 'sysmonvm vm-port add 8080:80', what: 'the web server of the guest on 127.0.0.1:8080' },
    { command: 'sysmonvm vm-port add 5432 db --json', what: 'any free port; the document names it' },
  ],
  document: 'port',
  run: async (context) => {
    const port = readPortPair(context.argument('port') ?? '');
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    const lease = await engine.addPort(name, port, context.call);
    await context.endProgress();
    context.output.document({ vm: name, port: lease }, () => `127.0.0.1:${lease.host} → ${name}:${lease.guest}\n`);
    return 0;
  },
};
