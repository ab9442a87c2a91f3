import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { removalText } from '../core/view/removal-text.ts';

export const vmDestroy: CommandSpec = {
  name: 'vm-destroy',
  group: 'life',
  summary: 'Remove a VM with everything it holds',
  description: 'Lists what goes and asks. The image in the cache stays; `vm-gc` and `df` look after those.',
  arguments: [vmArgument],
  options: [
    {
      flags: '-f, --force',
      description: 'accepted for scripts; a running VM is always ended without asking its guest',
    },
    { flags: '--dry-run', description: 'only list what would go' },
  ],
  examples: [
    { command: 'sysmonvm vm-destroy', what: 'list, ask, remove' },
    { command: 'sysmonvm vm-destroy ci --yes', what: 'teardown of a CI job' },
  ],
  exitCodes: { 1: 'the question was answered with no' },
  document: 'removals',
  run: async (context) => {
    const { flags, output } = context;
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    if (flags.on('dryRun') || !flags.on('yes')) {
      const planned = await engine.destroy(name, { dryRun: true }, context.call);
      if (flags.on('dryRun')) {
        await context.endProgress();
        output.document({ vm: name, dryRun: true, removals: planned }, () => `Would remove:\n${removalText(planned)}`);
        return 0;
      }
      output.note(`This goes:\n${removalText(planned)}`);
      if (!(await context.confirm(`Destroy ${name}?`))) {
        output.note('Nothing was removed.');
        return 1;
      }
    }
    const removals = await engine.destroy(name, { dryRun: false }, context.call);
    await context.endProgress();
    output.document({ vm: name, dryRun: false, removals }, () => `Removed ${name}:\n${removalText(removals)}`);
    return 0;
  },
};
