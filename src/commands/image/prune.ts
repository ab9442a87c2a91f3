import type { CommandSpec } from '../../cli/command-spec.ts';
import { cleanUpText } from '../../core/view/removal-text.ts';

export const imagePrune: CommandSpec = {
  name: 'image prune',
  group: 'tidy',
  summary: 'Remove images from the cache that no VM uses',
  description:
    'The cache is shared by all workspaces of a user: the VMs of every workspace that this user has made VMs in are asked.',
  options: [
    { flags: '--older-than <duration>', description: 'only images that came into the cache longer ago than this' },
    { flags: '--dry-run', description: 'only list what would go' },
  ],
  examples: [
    { command: 'sysmonvm image prune --dry-run', what: 'see what would go' },
    { command: 'sysmonvm image prune --older-than 30d', what: 'the monthly job of a CI machine' },
  ],
  document: 'removals',
  run: async (context) => {
    const { flags, output } = context;
    const olderThanMs = flags.durationMs('olderThan');
    const dryRun = flags.on('dryRun');
    const request = { dryRun, ...(olderThanMs === undefined ? {} : { olderThanMs }) };
    const removals = await (await context.engine()).images.prune(request, context.call);
    await context.endProgress();
    output.document({ dryRun, removals }, () => cleanUpText(removals, dryRun));
    return 0;
  },
};
