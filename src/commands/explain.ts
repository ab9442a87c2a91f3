import type { CommandSpec } from '../cli/command-spec.ts';
import { type ErrorCode, errorCodes } from '../core/errors/codes.ts';
import { type CodeEntry, errorKinds } from '../core/errors/kinds.ts';
import { fail } from '../core/errors/sysmonvm-error.ts';
import { didYouMean } from '../core/ids/near-matches.ts';
import { labelledLines } from '../core/view/text-table.ts';

function explanation(code: ErrorCode) {
  const entry: CodeEntry = errorCodes[code];
  return {
    code,
    kind: entry.kind,
    exitCode: errorKinds[entry.kind].exitCode,
    cause: entry.cause,
    remedy: entry.remedy,
  };
}

export const explain: CommandSpec = {
  name: 'explain',
  group: 'about',
  summary: 'Explain an error code: cause, remedy, exit code',
  arguments: [
    {
      name: 'code',
      description: 'as it stands in the brackets of an error',
      required: true,
      complete: Object.keys(errorCodes),
    },
  ],
  examples: [
    { command: 'sysmonvm explain guest.boot-deadline', what: 'a boot that did not finish' },
    { command: 'sysmonvm explain host.accelerator-unavailable --json', what: 'for a script' },
  ],
  document: 'explain',
  run: async (context) => {
    const typed = (context.argument('code') ?? '').replace(/^error\[(.*)\]$/, '$1');
    if (!Object.hasOwn(errorCodes, typed)) {
      fail(
        'usage.invalid-argument',
        `There is no error code "${typed}".${didYouMean(typed, Object.keys(errorCodes))}`,
        {
          next: ['sysmonvm explain --help'],
        },
      );
    }
    const known = explanation(typed as ErrorCode);
    context.output.document(known, () =>
      labelledLines([
        ['code', known.code],
        ['kind', `${known.kind} (${errorKinds[known.kind].title.toLowerCase()}), exit code ${known.exitCode}`],
        ['cause', known.cause],
        ['remedy', known.remedy],
      ]),
    );
    return 0;
  },
};
