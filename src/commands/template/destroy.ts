import type { CommandSpec } from '../../cli/command-spec.ts';
import { templateArgument } from '../../cli/template-settings.ts';
import { removalText } from '../../core/view/removal-text.ts';
import { requiredName } from './required-name.ts';

export const templateDestroy: CommandSpec = {
  name: 'template destroy',
  group: 'warm',
  summary: 'Remove a template that no VM lies on',
  arguments: [templateArgument],
  options: [{ flags: '--dry-run', description: 'only list what would go' }],
  examples: [
    { command: 'sysmonvm template destroy ci', what: 'list, ask, remove' },
    { command: 'sysmonvm template destroy ci --yes', what: 'in a script' },
  ],
  exitCodes: { 1: 'the question was answered with no' },
  document: 'removals',
  run: async (context) => {
    const { flags, output } = context;
    const name = requiredName(context);
    const { templates } = await context.engine();
    if (flags.on('dryRun') || !flags.on('yes')) {
      const planned = await templates.destroy(name, { dryRun: true }, context.call);
      await context.endProgress();
      if (flags.on('dryRun')) {
        output.document({ dryRun: true, removals: planned }, () => `Would remove:\n${removalText(planned)}`);
        return 0;
      }
      output.note(`This goes:\n${removalText(planned)}`);
      if (!(await context.confirm(`Destroy template ${name}?`))) {
        output.note('Nothing was removed.');
        return 1;
      }
    }
    const removals = await templates.destroy(name, { dryRun: false }, context.call);
    await context.endProgress();
    output.document({ dryRun: false, removals }, () => `Removed template ${name}:\n${removalText(removals)}`);
    return 0;
  },
};
