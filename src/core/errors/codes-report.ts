import type { CodeEntry } from './kinds.ts';

export const reportCodes = {
  'report.unreadable': {
    kind: 'config',
    cause: 'A file that a report is to be made of is missing, is not JSON, or is another document.',
    remedy: 'The message names the file and the field. `sysmonvm bench compare --json` makes a comparison.',
  },
  'report.other-run': {
    kind: 'config',
    cause: 'The results that were named are those of another run than the comparison was made of.',
    remedy: 'Name the results of the run that the message says.',
  },
} as const satisfies Record<string, CodeEntry>;
