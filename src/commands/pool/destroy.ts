import type { CommandSpec } from '../../cli/command-spec.ts';
import { templateArgument } from '../../cli/template-settings.ts';
import { removalText } from '../../core/view/removal-text.ts';
import { requiredName } from '../template/required-name.ts';

export const poolDestroy: CommandSpec = {
  name: 'pool destroy',
  group: 'warm',
  summary: 'End the members of a pool and remove it',
  arguments: [templateArgument],
  options: [{ flags: '--dry-run', description: 'only list what would go' }],
  examples: [
    { command: 'sysmonvm pool destroy ci', what: 'list, ask, remove' },
    { command: 'sysmonvm pool destroy ci --yes', what: 'in a script' },
  ],
  exitCodes: { 1: 'the question was answered with no' },
  document: 'removals',
  run: async (context) => {
    const { flags, output } = context;
    const name = requiredName(context);
    const { pools } = await context.engine();
    if (flags.on('dryRun') || !flags.on('yes')) {
      const planned = await pools.destroy(name, { dryRun: true }, context.call);
      await context.endProgress();
      if (flags.on('dryRun')) {
        output.document({ dryRun: true, removals: planned }, () => `Would remove:\n${removalText(planned)}`);
        return 0;
      }
      output.note(`This goes:\n${removalText(planned)}`);
      if (!(await context.confirm(`Destroy the pool of ${name}?`))) {
        output.note('Nothing was removed.');
        return 1;
      }
    }
    const removals = await pools.destroy(name, { dryRun: false }, context.call);
    await context.endProgress();
    output.document({ dryRun: false, removals }, () => `Removed the pool of ${name}:\n${removalText(removals)}`);
    return 0;
  },
};
