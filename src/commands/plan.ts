import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { explainPlan } from '../core/plan/explain-plan.ts';
import { quoteWords } from '../core/ssh/shell-quoting.ts';
import { labelledLines, textTable } from '../core/view/text-table.ts';

export const plan: CommandSpec = {
  name: 'plan',
  group: 'host',
  summary: 'Show what would be done, and why, without touching the host',
  arguments: [vmArgument],
  settings: 'plan',
  options: [
    { flags: '--explain', description: 'give the reason of every choice' },
    { flags: '--qemu-args', description: 'print the command line of QEMU' },
  ],
  examples: [
    { command: 'sysmonvm plan --explain', what: 'every choice with its reason' },
    {
      command: 'sysmonvm plan --qemu-args --arch aarch64',
      what: 'the command line of QEMU for the other architecture',
    },
  ],
  document: 'plan',
  run: async (context) => {
    const { flags, output } = context;
    const result = await (await context.engine()).plan(await context.config(), context.call);
    await context.endProgress();
    const choices = explainPlan(result.plan, result.config);
    output.document(
      { plan: result.plan, choices, qemu: { path: result.plan.qemu.path, args: result.qemuArgs } },
      () => {
        if (flags.on('qemuArgs')) return `${quoteWords([result.plan.qemu.path, ...result.qemuArgs])}\n`;
        const warnings = result.plan.warnings.map((warning) => `warning: ${warning}\n`).join('');
        if (!flags.on('explain')) return labelledLines(choices.map((choice) => [choice.what, choice.value])) + warnings;
        const rows = choices.map((choice) => [choice.what, choice.value, choice.reason]);
        return textTable([{ title: 'WHAT' }, { title: 'CHOSEN' }, { title: 'BECAUSE' }], rows) + warnings;
      },
    );
    return 0;
  },
};
