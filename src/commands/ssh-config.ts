import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { sshConfigText } from '../core/ssh/system-ssh.ts';

export const sshConfig: CommandSpec = {
  name: 'ssh-config',
  group: 'use',
  summary: 'Print a section for ~/.ssh/config, for ssh, rsync, git and editors',
  arguments: [vmArgument],
  examples: [
    { command: 'sysmonvm ssh-config >> ~/.ssh/config', what: 'then `ssh NAME` works from anywhere' },
    {
      command: 'sysmonvm ssh-config build > vm.conf && rsync -e "ssh -F vm.conf" -a src/ build:src/',
      what: 'without touching ~/.ssh',
    },
  ],
  document: 'ssh-config',
  run: async (context) => {
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    const target = await engine.sshTarget(name, { waitReady: false }, context.call);
    await context.endProgress();
    const text = sshConfigText(name, target);
    context.output.pasteable({ vm: name, target, text }, text);
    return 0;
  },
};
