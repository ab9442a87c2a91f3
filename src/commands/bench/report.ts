import type { CommandContext } from '../../cli/command-context.ts';
import type { CommandSpec } from '../../cli/command-spec.ts';
import { flagName } from '../../cli/flags.ts';
import {
  baselinesOption,
  compareRequest,
  judgingFlags,
  judgingOptions,
  metricOption,
} from '../../cli/judging-options.ts';
import { resultReference } from '../../cli/result-reference.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { FileFormat, ReportRequest } from '../../core/measure/report-operations.ts';
import { removeUndefined } from './remove-undefined.ts';

const fileFormats: readonly FileFormat[] = ['markdown', 'html', 'junit'];
const exitCodes = { passed: 0, regressed: 1, inconclusive: 10 } as const;

/** A comparison that was made before, or one that is made of the two sides now. */
async function readSource({ flags, engine, call }: CommandContext): Promise<ReportRequest['of']> {
  const [comparison, baseline, current] = ['comparison', 'baseline', 'current'].map((key) => flags.text(key));
  if (comparison !== undefined) {
    const idle = judgingFlags.find((key) => flags.list(key).length > 0 || flags.text(key) !== undefined);
    if (idle !== undefined)
      fail('usage.invalid-argument', `--comparison is judged already: ${flagName(idle)} would change nothing.`, {
        details: { flag: flagName(idle) },
        next: ['sysmonvm bench report --current RESULT --baseline RESULT'],
      });
    return { comparison, ...removeUndefined({ baseline, current }) };
  }
  if (baseline === undefined || current === undefined)
    return fail('usage.invalid-argument', 'What to report is missing: --comparison, or --current and --baseline.', {
      next: [
        'sysmonvm bench report --current RESULT --baseline tag:TAG',
        'sysmonvm bench report --comparison comparison.json',
      ],
    });
  const request = compareRequest(flags, resultReference(baseline), resultReference(current));
  return (await engine()).judging.compare(request, call);
}

async function readRequest(context: CommandContext): Promise<ReportRequest> {
  const { flags, env } = context;
  const chosen = flags.list('format');
  return {
    of: await readSource(context),
    boots: flags.list('boot'),
    formats: fileFormats.filter((format) => chosen.length === 0 || chosen.includes(format)),
    ...removeUndefined({ out: flags.text('out') }),
    ...(chosen.includes('github')
      ? { github: removeUndefined({ stepSummary: env['GITHUB_STEP_SUMMARY'] || undefined }) }
      : {}),
  };
}

export const benchReport: CommandSpec = {
  name: 'bench report',
  group: 'measure',
  summary: 'Write the report of a comparison: Markdown, HTML, JUnit XML, GitHub',
  description:
    'Compares --current with --baseline as `bench compare` does, or takes the file of a comparison that was made before. Writes all files into a directory, unless one format is chosen. It is written for a regression too, and then ends with 0 as well: the verdict is the business of `bench gate`, or of --exit-code.',
  options: [
    {
      flags: '--comparison <file>',
      description: 'what `bench compare --json` printed, instead of comparing now',
      complete: 'file',
    },
    {
      flags: '--baseline <path>',
      description:
        'what is compared with: file, directory or tag:TAG; with --comparison its results, to draw every value',
      complete: 'file',
    },
    {
      flags: '--current <path>',
      description: 'what is judged: file, directory or tag:TAG; with --comparison its results, to draw every value',
      complete: 'file',
    },
    { flags: '--boot <file>', description: 'a boot_time.json to draw as a waterfall', repeat: true, complete: 'file' },
    {
      flags: '--format <format>',
      description: 'instead of all files; `github` prints annotations and adds to GITHUB_STEP_SUMMARY',
      repeat: true,
      choices: [...fileFormats, 'github'],
    },
    {
      flags: '--out <path>',
      description: 'a directory, or the file of the one format (default: bench-report; standard output for one format)',
      complete: 'file',
    },
    metricOption('all'),
    ...judgingOptions,
    baselinesOption,
    { flags: '--exit-code', description: 'end with the code of the verdict: 1 regressed, 10 inconclusive' },
  ],
  examples: [
    {
      command: 'sysmonvm bench report --current after.json --baseline before.json',
      what: 'compare two results; all files, into bench-report',
    },
    { command: 'sysmonvm bench report --comparison comparison.json', what: 'the same of a comparison that was kept' },
    {
      command: 'sysmonvm bench report --comparison comparison.json --format html --out perf_regression_report.html',
      what: 'the page alone',
    },
    {
      command: 'sysmonvm bench report --comparison comparison.json --format github --exit-code',
      what: 'in a job of GitHub Actions',
    },
  ],
  exitCodes: { 1: 'regressed, with --exit-code', 10: 'inconclusive, with --exit-code' },
  document: 'bench-report',
  run: async (context) => {
    const { output, flags, call } = context;
    const report = await (await context.engine()).reports.write(await readRequest(context), call);
    await context.endProgress();
    if (output.json || report.text === undefined)
      output.document(report, () => report.annotations ?? report.files.map(({ path }) => `${path}\n`).join(''));
    else output.text(report.text);
    for (const note of report.notes) output.note(note);
    if (!output.json && report.annotations !== undefined)
      for (const { path } of report.files) output.note(`written: ${path}`);
    return flags.on('exitCode') ? exitCodes[report.verdict] : 0;
  },
};
