import type { CommandSpec } from '../../cli/command-spec.ts';
import { templateArgument } from '../../cli/template-settings.ts';
import { poolDocument, poolTable } from '../../core/view/pool-text.ts';
import { requiredName } from '../template/required-name.ts';

export const poolRefill: CommandSpec = {
  name: 'pool refill',
  group: 'warm',
  summary: 'Fill a pool now and wait until it is full',
  description: 'Claims do it by themselves in the background. One command fills a pool at a time; another one returns.',
  arguments: [templateArgument],
  examples: [
    { command: 'sysmonvm pool refill ci', what: 'before a burst of work' },
    { command: 'sysmonvm pool refill ci --json | jq .pool.ready', what: 'how many are ready then' },
  ],
  document: 'pool',
  run: async (context) => {
    const pool = await (await context.engine()).pools.refill(requiredName(context), context.call);
    await context.endProgress();
    context.output.document({ pool: poolDocument(pool) }, () => poolTable([pool]));
    return 0;
  },
};
