import type { CommandSpec } from '../cli/command-spec.ts';
import { shownSteps, uninstallText } from '../core/host-collector/report-text.ts';

export const hostUninstall: CommandSpec = {
  name: 'host-uninstall',
  group: 'host',
  summary: 'Stop and remove the collector of this host',
  description: 'What `host-install` put there: service, program, configuration, logs and its user. It needs root.',
  options: [
    { flags: '--keep-config', description: 'leave configuration and logs' },
    { flags: '--dry-run', description: 'print the sequence and change nothing' },
  ],
  examples: [
    { command: 'sysmonvm host-uninstall --dry-run', what: 'see what would go' },
    { command: 'sudo sysmonvm host-uninstall --yes', what: 'remove it without asking' },
  ],
  exitCodes: { 1: 'the question was answered with no' },
  document: 'host-uninstall',
  run: async (context) => {
    const { flags, output } = context;
    const engine = await context.engine();
    const keepConfig = flags.on('keepConfig');
    const planned = await engine.hostCollector.uninstall({ dryRun: true, keepConfig }, context.call);
    if (flags.on('dryRun') || planned.steps.length === 0) {
      await context.endProgress();
      output.document(shownSteps(planned), () => uninstallText(planned));
      return 0;
    }
    if (!flags.on('yes')) output.note(uninstallText(planned));
    if (!(await context.confirm('Remove the host collector?'))) {
      output.note('Nothing was removed.');
      return 1;
    }
    const report = await engine.hostCollector.uninstall({ dryRun: false, keepConfig }, context.call);
    await context.endProgress();
    output.document(shownSteps(report), () => uninstallText(report));
    return 0;
  },
};
