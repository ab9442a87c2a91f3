import type { CommandSpec } from '../cli/command-spec.ts';
import { removalText } from '../core/view/removal-text.ts';

export const uninstall: CommandSpec = {
  name: 'uninstall',
  group: 'tidy',
  summary: 'Remove everything that sysmonvm ever put on this host',
  description:
    'VMs, images, caches, sockets, leases and the files of the workspace. Packages that host-setup installed stay.',
  options: [{ flags: '--dry-run', description: 'only list what would go' }],
  examples: [
    { command: 'sysmonvm uninstall --dry-run', what: 'see everything we hold' },
    { command: 'sysmonvm uninstall --yes', what: 'remove it without asking' },
  ],
  exitCodes: { 1: 'the question was answered with no' },
  document: 'removals',
  run: async (context) => {
    const { flags, output } = context;
    const engine = await context.engine();
    const planned = await engine.uninstall({ dryRun: true }, context.call);
    if (flags.on('dryRun') || planned.length === 0) {
      await context.endProgress();
      output.document({ dryRun: true, removals: planned }, () =>
        planned.length === 0 ? 'Nothing of ours is here.\n' : `Would remove:\n${removalText(planned)}`,
      );
      return 0;
    }
    if (!flags.on('yes')) output.note(`This goes:\n${removalText(planned)}`);
    if (!(await context.confirm('Remove all of it?'))) {
      output.note('Nothing was removed.');
      return 1;
    }
    const removals = await engine.uninstall({ dryRun: false }, context.call);
    await context.endProgress();
    output.document({ dryRun: false, removals }, () => `Removed:\n${removalText(removals)}`);
    return 0;
  },
};
