import type { CommandSpec } from '../../cli/command-spec.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { markerTables } from '../../core/measure/markers/all-tables.ts';
import { bootProofText } from '../../core/view/boot-proof-text.ts';

const tableNames = markerTables.map(({ name }) => name);

export const benchVerifyBoot: CommandSpec = {
  name: 'bench verify-boot',
  group: 'measure',
  summary: 'Say whether a console log shows a guest that came up',
  description: `Looks for a login prompt or another marker that a table takes for the end of a boot. Tables: ${tableNames.join(', ')}; without --markers all of them are tried.`,
  arguments: [{ name: 'log', description: 'a console log, such as boot.log', required: true, complete: 'file' }],
  options: [
    { flags: '--markers <table>', description: 'name of a table, or a file (YAML, JSON) with one', complete: 'file' },
  ],
  examples: [
    { command: 'sysmonvm bench verify-boot boot.log', what: 'a log of any guest that is known' },
    { command: 'sysmonvm bench verify-boot boot.log --markers minix', what: 'by the markers of MINIX only' },
  ],
  exitCodes: { 1: 'no line of the log shows that the guest came up' },
  document: 'boot-proof',
  run: async (context) => {
    const log = context.argument('log') ?? fail('usage.invalid-argument', 'Which log? Give its path.');
    const markers = context.flags.text('markers');
    const media = (await context.engine()).media;
    const proof = await media.verify({ log, ...(markers === undefined ? {} : { markers }) });
    await context.endProgress();
    context.output.document({ ...proof }, () => bootProofText(proof));
    return proof.booted ? 0 : 1;
  },
};
