import type { CommandContext } from '../cli/command-context.ts';
import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import type { BootstrapRequest } from '../core/bootstrap/bootstrap-operations.ts';
import { families } from '../core/bootstrap/family.ts';
import { proxyLines } from '../core/bootstrap/proxy.ts';
import { profiles } from '../core/bootstrap/steps.ts';
import { bootstrapDocument, bootstrapListText, bootstrapText } from '../core/view/bootstrap-text.ts';

function readRequest({ flags, env }: CommandContext): BootstrapRequest {
  const family = families.find((known) => known === flags.text('family'));
  const authorityFile = flags.text('ca');
  return {
    profile: profiles.find((known) => known === flags.text('profile')) ?? 'standard',
    upgrade: flags.values['upgrade'] !== false,
    only: flags.list('only'),
    ...(family === undefined ? {} : { family }),
    ...(flags.on('proxy') ? { proxy: proxyLines(env) } : {}),
    ...(authorityFile === undefined ? {} : { authorityFile }),
  };
}

export const vmBootstrap: CommandSpec = {
  name: 'vm-bootstrap',
  group: 'use',
  summary: 'Prepare a guest for measurements: packages, clock, processors, SSH',
  description:
    'Runs a list of steps as root of the guest, over SSH. Each is checked first, so what is so already stays as it is; each end is recorded, and after a failure the same command goes on. A step that cannot be so in this guest is told as not applicable, with the reason.',
  arguments: [vmArgument],
  options: [
    { flags: '--no-upgrade', description: 'leave the packages that are there as they are' },
    {
      flags: '--profile <name>',
      description: 'how much: minimal (settings), standard (default: and packages), containers (and a runtime)',
      choices: profiles,
    },
    {
      flags: '--family <name>',
      description: 'treat the guest as one of this family; default: what /etc/os-release says',
      choices: families,
    },
    { flags: '--proxy', description: 'carry the proxy variables of this host into the guest' },
    { flags: '--ca <file>', description: 'let the guest trust the certificates of this PEM file', complete: 'file' },
    { flags: '--only <step>', description: 'this step alone', repeat: true },
    { flags: '--list', description: 'show every step and what is recorded of it; nothing is run' },
  ],
  examples: [
    { command: 'sysmonvm vm-bootstrap', what: 'everything of the profile standard' },
    { command: 'sysmonvm vm-bootstrap build --no-upgrade --profile minimal', what: 'only settings, in seconds' },
    { command: 'sysmonvm vm-bootstrap build --only perf-access', what: 'one step' },
    { command: 'sysmonvm vm-bootstrap build --list', what: 'what was done' },
  ],
  document: 'bootstrap',
  run: async (context) => {
    const request = readRequest(context);
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    const list = context.flags.on('list');
    const report = list ? await engine.bootstrap.list(name) : await engine.bootstrap.run(name, request, context.call);
    await context.endProgress();
    context.output.document({ bootstrap: bootstrapDocument(report) }, () =>
      list ? bootstrapListText(report, Date.now()) : bootstrapText(report),
    );
    return 0;
  },
};
