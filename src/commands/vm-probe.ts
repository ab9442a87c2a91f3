import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { probeText } from '../core/view/probe-text.ts';

export const vmProbe: CommandSpec = {
  name: 'vm-probe',
  group: 'look',
  summary: 'Tell where a guest and its containers can read the frequency of their CPUs',
  description:
    'Asks cpufreq, /proc/cpuinfo and perf, then every container runtime by its own command, and starts one container in each that answers, made of the guest’s own files. Where a container sees less than the guest, it says what would show it more, and what that gives away.',
  arguments: [vmArgument],
  options: [{ flags: '--no-containers', description: 'Ask the runtimes, and start nothing' }],
  examples: [
    { command: 'sysmonvm vm-probe', what: 'the VM of the configuration' },
    { command: "sysmonvm vm-probe --json | jq '.probe.guest.cpus'", what: 'cpufreq files by CPU' },
  ],
  document: 'vm-probe',
  run: async (context) => {
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    const probe = await engine.probe(name, { containers: context.flags.values['containers'] !== false }, context.call);
    await context.endProgress();
    context.output.document({ vm: name, probe }, () => probeText(name, probe));
    return 0;
  },
};
