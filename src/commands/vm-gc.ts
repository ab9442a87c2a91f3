import type { CommandSpec } from '../cli/command-spec.ts';
import { cleanUpText } from '../core/view/removal-text.ts';

export const vmGc: CommandSpec = {
  name: 'vm-gc',
  group: 'tidy',
  summary: 'Remove what crashes left, expired VMs and what nothing uses',
  description:
    'A process is only ended when pid, start time and boot are the recorded ones. With --older-than, stopped VMs of that age go too.',
  options: [
    { flags: '--older-than <duration>', description: 'also remove stopped VMs older than this' },
    { flags: '--dry-run', description: 'only list what would go' },
  ],
  examples: [
    { command: 'sysmonvm vm-gc --dry-run', what: 'see what would go' },
    { command: 'sysmonvm vm-gc --older-than 1d', what: 'the nightly job of a CI machine' },
  ],
  document: 'removals',
  run: async (context) => {
    const { flags, output } = context;
    const olderThanMs = flags.durationMs('olderThan');
    const dryRun = flags.on('dryRun');
    const request = { dryRun, ...(olderThanMs === undefined ? {} : { olderThanMs }) };
    const removals = await (await context.engine()).gc(request, context.call);
    await context.endProgress();
    output.document({ dryRun, removals }, () => cleanUpText(removals, dryRun));
    return 0;
  },
};
