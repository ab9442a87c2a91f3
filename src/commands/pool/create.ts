import type { CommandSpec } from '../../cli/command-spec.ts';
import { invalidFlag } from '../../cli/flags.ts';
import { templateArgument } from '../../cli/template-settings.ts';
import { poolDocument, poolTable } from '../../core/view/pool-text.ts';
import { requiredName } from '../template/required-name.ts';

const most = 50;

export const poolCreate: CommandSpec = {
  name: 'pool create',
  group: 'warm',
  summary: 'Keep VMs of a template ready: restored, answered once, paused',
  description:
    'A claim (`run --pool`, `fork --pool`) lets one go on under a name of its own and starts a refill, which ends when the pool is full. Members hold memory and need no process of ours. With a pool that is there, size and time to live are changed.',
  arguments: [templateArgument],
  options: [
    { flags: '--size <number>', description: `how many are kept ready (at most ${most})` },
    {
      flags: '--ttl <duration>',
      description: 'members that nobody claimed are replaced after this time (default: 1h)',
    },
    { flags: '--no-wait', description: 'return at once; the pool is filled on its own' },
  ],
  examples: [
    { command: 'sysmonvm pool create ci --size 3', what: 'three VMs of template ci, ready when it returns' },
    { command: 'sysmonvm pool create ci --size 5 --ttl 30m --no-wait', what: 'filled while you go on' },
  ],
  document: 'pool',
  run: async (context) => {
    const { flags } = context;
    const template = requiredName(context);
    const size = flags.integer('size', { min: 1, max: most }) ?? invalidFlag('size', '', 'a whole number from 1');
    const ttlMs = flags.durationMs('ttl');
    const options = { size, wait: flags.values['wait'] !== false, ...(ttlMs === undefined ? {} : { ttlMs }) };
    const pool = await (await context.engine()).pools.create(template, options, context.call);
    await context.endProgress();
    context.output.document({ pool: poolDocument(pool) }, () => poolTable([pool]));
    return 0;
  },
};
