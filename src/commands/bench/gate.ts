import { resolve } from 'node:path';
import type { CommandSpec } from '../../cli/command-spec.ts';
import { type Flags, flagName, invalidFlag } from '../../cli/flags.ts';
import { baselinesOption, compareRequest, judgingOptions, metricOption } from '../../cli/judging-options.ts';
import { resultReference } from '../../cli/result-reference.ts';
import { errorKinds } from '../../core/errors/kinds.ts';
import { fail, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { Comparison } from '../../core/measure/comparison.ts';
import type { JudgingOperations, ResultReference } from '../../core/measure/judging-operations.ts';
import { type FileFormat, reportFiles } from '../../core/measure/report-operations.ts';
import { gateText } from '../../core/view/gate-text.ts';

const currentFlags = ['current', 'metrics', 'summary'] as const;
const baselineFlags = ['baseline', 'baselineMs', 'baselineJson'] as const;
const formats = Object.keys(reportFiles) as readonly FileFormat[];
const legacyRegressed = 2;

export const benchGate: CommandSpec = {
  name: 'bench gate',
  group: 'measure',
  summary: 'Judge a result by a baseline and end with the verdict',
  description:
    'With samples on both sides a metric has regressed when the difference is certain, above its absolute floor and above its relative limit. A single value (boot_time.json, the average of a summary.json, --baseline-ms) is judged by the tolerance alone. Without a baseline the gate is skipped, and says so. The comparison of a result that lies among those of a history (`results/RUN.json`, `RUN/results.json`) is kept in `comparisons` beside it, where `bench history` reads the verdict.',
  options: [
    { flags: '--current <path>', description: 'result to judge: file, directory or tag:TAG', complete: 'file' },
    { flags: '--metrics <file>', description: 'boot_time.json to judge', complete: 'file' },
    { flags: '--summary <file>', description: 'summary.json to judge, by its average', complete: 'file' },
    { flags: '--baseline <path>', description: 'what to judge by: file, directory or tag:TAG', complete: 'file' },
    { flags: '--baseline-ms <ms>', description: 'a boot time to judge by; empty: skip the gate' },
    { flags: '--baseline-json <file>', description: 'a file with avg_ms to judge by', complete: 'file' },
    metricOption('all'),
    ...judgingOptions,
    baselinesOption,
    {
      flags: '--report <directory>',
      description: 'write the report there, whatever the verdict: Markdown, HTML, JUnit XML, and comparison.json',
      complete: 'directory',
    },
    { flags: '--legacy-exit', description: `end with ${legacyRegressed} instead of 1 when something regressed` },
  ],
  examples: [
    {
      command: 'sysmonvm bench gate --metrics metrics/minix/i386/boot_time.json --baseline-ms 65000 --tolerance 20',
      what: 'one boot by a number',
    },
    {
      command: 'sysmonvm bench gate --summary summary.json --baseline baseline.json --tolerance 10',
      what: 'an average by the one of a baseline',
    },
    { command: 'sysmonvm bench gate --current perf_results --baseline tag:v1.0', what: 'samples by samples' },
    {
      command: 'sysmonvm bench gate --current results.json --baseline tag:v1.0 --report bench-report',
      what: 'the same, with a report',
    },
  ],
  exitCodes: {
    1: `regressed (with --legacy-exit: ${legacyRegressed})`,
    10: errorKinds.inconclusive.title.toLowerCase(),
  },
  document: 'gate',
  run: async (context) => {
    const { flags, output } = context;
    const [current, currentFlag] = given(flags, currentFlags, 'what to judge');
    const [baseline] = given(flags, baselineFlags, 'what to judge by');
    if (current === undefined) {
      fail('usage.invalid-argument', `sysmonvm bench gate: ${currentFlag}.`, {
        next: ['sysmonvm bench gate --current RESULT --baseline tag:TAG'],
      });
    }
    if (baseline === undefined) {
      const reason = 'no baseline was given';
      output.document({ skipped: true, reason }, () => `Gate skipped: ${reason}.\n`);
      return 0;
    }
    const { judging, reports } = await context.engine();
    const compared = await judging.compare(compareRequest(flags, baseline, current), context.call);
    const { comparison } = compared;
    const out = flags.text('report');
    const written =
      out === undefined ? undefined : await reports.write({ of: compared, boots: [], formats, out }, context.call);
    await context.endProgress();
    output.document(comparison, (width) => gateText(comparison, width));
    for (const { path } of written?.files ?? []) output.note(`written: ${path}`);
    const told = current.kind === 'path' ? await keep(judging, comparison, resolve(current.path)) : undefined;
    if (told !== undefined) output.note(told);
    if (comparison.verdict === 'passed') return 0;
    if (comparison.verdict === 'inconclusive') return errorKinds.inconclusive.exitCode;
    return flags.on('legacyExit') ? legacyRegressed : errorKinds.negative.exitCode;
  },
};

/** For the history. A place where nothing can be written changes no verdict. */
async function keep(judging: JudgingOperations, comparison: Comparison, result: string): Promise<string | undefined> {
  try {
    const kept = await judging.keep({ comparison, result });
    return kept === undefined ? undefined : `kept: ${kept}`;
  } catch (error) {
    if (!(error instanceof SysmonvmError)) throw error;
    return `not kept for the history: ${error.message}`;
  }
}

/** The one of some flags that was given a value; CI gives empty ones for what it has not. */
function given(flags: Flags, keys: readonly string[], what: string): readonly [ResultReference | undefined, string] {
  const set = keys.filter((key) => (flags.text(key) ?? '').trim() !== '');
  const [key, second] = set;
  if (second !== undefined) {
    fail('usage.invalid-argument', `${set.map(flagName).join(' and ')} exclude one another: both say ${what}.`, {
      details: { flags: set.map(flagName) },
      next: ['sysmonvm bench gate --help'],
    });
  }
  const value = key === undefined ? undefined : flags.text(key)?.trim();
  if (key === undefined || value === undefined) return [undefined, `say ${what}: ${keys.map(flagName).join(', ')}`];
  return [key === 'baselineMs' ? milliseconds(value) : resultReference(value), flagName(key)];
}

function milliseconds(text: string): ResultReference {
  const ms = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || ms <= 0) invalidFlag('baselineMs', text, 'milliseconds above 0, such as 65000');
  return { kind: 'milliseconds', ms, option: '--baseline-ms' };
}
