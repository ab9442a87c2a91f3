import type { CommandContext } from '../../cli/command-context.ts';
import type { CommandSpec } from '../../cli/command-spec.ts';
import { invalidFlag } from '../../cli/flags.ts';
import { historyText } from '../../core/measure/history/history-text.ts';
import type { HistoryRequest } from '../../core/measure/report-operations.ts';
import { removeUndefined } from './remove-undefined.ts';

/** A day is taken as a whole: from its begin for --since, to its end for --until. */
function readTime({ flags }: CommandContext, key: 'since' | 'until'): string | undefined {
  const text = flags.text(key);
  if (text === undefined) return undefined;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const full = day ? `${text}T${key === 'since' ? '00:00:00.000' : '23:59:59.999'}Z` : text;
  if (!/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(full) || Number.isNaN(Date.parse(full)))
    invalidFlag(key, text, 'a day such as 2026-10-31 or a time such as 2026-10-31T08:00:00Z');
  return full;
}

/** A link with another scheme could run something in the page. */
function readCommitUrl({ flags }: CommandContext): string | undefined {
  const text = flags.text('commitUrl');
  if (text === undefined) return undefined;
  const usable = text.includes('{commit}') && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  return usable ? text : invalidFlag('commitUrl', text, 'an http or https address with {commit} in it');
}

function readRequest(context: CommandContext): HistoryRequest {
  const { flags, env } = context;
  const [guest, arch, workload, metric] = ['guest', 'arch', 'workload', 'metric'].map((key) => flags.text(key));
  const since = readTime(context, 'since');
  const until = readTime(context, 'until');
  return {
    filter: removeUndefined({ guest, arch, workload, metric, since, until }),
    ...removeUndefined({ from: flags.text('from') ?? (env['METRICS_DIR'] || undefined) }),
  };
}

export const benchHistory: CommandSpec = {
  name: 'bench history',
  group: 'measure',
  summary: 'Show what was measured over time: medians, trend, where a level changed',
  description:
    'Reads the results that are kept for each guest and architecture. Runs on different hardware are shown apart and never compared. A trend or a hint is no verdict. --export writes one page that works without a server, and its data.',
  options: [
    { flags: '--guest <name>', description: 'results of this guest only' },
    { flags: '--arch <arch>', description: 'results of this architecture only' },
    { flags: '--workload <name>', description: 'this workload only; a boot is `boot`' },
    { flags: '--metric <name>', description: 'this metric only' },
    { flags: '--since <date>', description: 'runs from this day (UTC) or time on' },
    { flags: '--until <date>', description: 'runs up to the end of this day (UTC), or to this time' },
    {
      flags: '--from <directory>',
      description: 'root of the results (default: METRICS_DIR, else `metrics` of the workspace)',
      complete: 'directory',
    },
    { flags: '--export <directory>', description: 'write index.html and data.json there', complete: 'directory' },
    { flags: '--commit-url <template>', description: 'where a commit is shown; {commit} is put in' },
  ],
  examples: [
    { command: 'sysmonvm bench history --guest debian-12 --metric total', what: 'one metric of one guest' },
    { command: "sysmonvm bench history --json | jq '.series[].points[-1].median'", what: 'the newest medians' },
    {
      command: 'sysmonvm bench history --export site --commit-url https://example.org/commit/{commit}',
      what: 'a page for everybody',
    },
  ],
  document: 'bench-history',
  run: async (context) => {
    const { output, flags, call } = context;
    const request = readRequest(context);
    const commitUrl = readCommitUrl(context);
    const directory = flags.text('export');
    const { reports } = await context.engine();
    const { history, files } =
      directory === undefined
        ? { history: await reports.history(request, call), files: undefined }
        : await reports.exportHistory({ ...request, directory, ...removeUndefined({ commitUrl }) }, call);
    await context.endProgress();
    output.document({ ...history, ...(files === undefined ? {} : { files }) }, () =>
      files === undefined ? historyText(history) : files.map(({ path }) => `${path}\n`).join(''),
    );
    for (const { path, problem } of history.unreadable) output.note(`left out: ${path}: ${problem}`);
    if (history.series.length === 0) output.note(`No results below ${history.root}. Make some: sysmonvm bench boot`);
    return 0;
  },
};
