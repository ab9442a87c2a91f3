import type { CommandSpec } from '../../cli/command-spec.ts';
import { refuseFrozenSettings, templateArgument } from '../../cli/template-settings.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { templateDocument, templateText } from '../../core/view/template-text.ts';
import { requiredName } from './required-name.ts';

export const templateCreate: CommandSpec = {
  name: 'template create',
  group: 'warm',
  summary: 'Freeze a VM, so that others are forked from it in about a second',
  description:
    'Boots a VM for it, or takes a running one (--from), waits until the guest is quiet and keeps memory, device state, disk and firmware variables, read-only. The memory file holds what the guest knew: treat it as a secret.',
  arguments: [{ ...templateArgument, complete: 'none' }],
  settings: 'create',
  options: [
    {
      flags: '--from <vm>',
      description: 'take this running VM; it goes on, as the first fork of the template',
      complete: 'vm',
    },
    {
      flags: '--after-bootstrap',
      description: 'prepare it first, as vm-bootstrap does with the profile standard; its forks need no bootstrap',
    },
  ],
  examples: [
    { command: 'sysmonvm template create ci --image debian-12 --memory 2G', what: 'from a fresh boot' },
    {
      command: 'sysmonvm template create measured --image debian-12 --after-bootstrap',
      what: 'with packages, clock and SSH as measurements need them',
    },
    { command: 'sysmonvm template create built --from build', what: 'a VM with everything installed in it' },
  ],
  document: 'template',
  run: async (context) => {
    const name = requiredName(context);
    const from = context.flags.text('from');
    const config = await context.config(name);
    if (from !== undefined) refuseFrozenSettings(config, `${from} runs with settings of its own`, ['name']);
    const prepared = context.flags.on('afterBootstrap');
    if (prepared && from !== undefined) {
      fail(
        'usage.invalid-argument',
        `--after-bootstrap is for a VM that is booted for the template; ${from} runs already.`,
        {
          next: [`sysmonvm vm-bootstrap ${from}`],
        },
      );
    }
    const bootstrap = prepared ? { bootstrap: { profile: 'standard', upgrade: true, only: [] } as const } : {};
    const source =
      from === undefined ? ({ kind: 'boot', config, ...bootstrap } as const) : ({ kind: 'vm', vm: from } as const);
    const template = await (await context.engine()).templates.create({ name, source }, context.call);
    await context.endProgress();
    context.output.document({ template: templateDocument(template) }, () => templateText(template, Date.now()));
    return 0;
  },
};
