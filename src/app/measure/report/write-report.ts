import type { Call } from '../../../core/engine.ts';
import type { Comparison } from '../../../core/measure/comparison.ts';
import { comparisonFile, comparisonSchema } from '../../../core/measure/comparison-schema.ts';
import type { Compared } from '../../../core/measure/judging-operations.ts';
import { bootTimeSchema, type DrawnBoot, drawnBoot } from '../../../core/measure/report/boot-time-lanes.ts';
import { githubAnnotations } from '../../../core/measure/report/github-annotations.ts';
import { htmlReport, type ReportExtras } from '../../../core/measure/report/html-report.ts';
import { junitReport } from '../../../core/measure/report/junit-report.ts';
import { markdownReport, stepSummaryBytes } from '../../../core/measure/report/markdown-report.ts';
import { waterfallFile } from '../../../core/measure/report/waterfall-svg.ts';
import {
  type ComparisonFile,
  type FileFormat,
  type ReportRequest,
  reportFiles,
  type WrittenFile,
  type WrittenReport,
} from '../../../core/measure/report-operations.ts';
import type { Dependencies } from '../../dependencies.ts';
import { readDocument } from './read-document.ts';
import { readResults } from './read-results.ts';

type Files = Pick<Dependencies, 'files'>;

/** Everything is made before anything is written: a file that is not there leaves no half of a report. */
export async function writeReport(deps: Files, { signal }: Call, request: ReportRequest): Promise<WrittenReport> {
  const { comparison, ...values } = 'values' in request.of ? flat(request.of) : await readCompared(deps, request.of);
  const extras = { ...values, boots: await readBoots(deps, request.boots) };
  signal.throwIfAborted();
  const texts = request.formats.map((format) => ({ format, text: textOf(format, comparison, extras) }));
  const { verdict, reasons } = comparison;
  const [only] = texts;
  const single = texts.length === 1 && only !== undefined ? only : undefined;
  if (single !== undefined && request.out === undefined && request.github === undefined)
    return { verdict, reasons, files: [], notes: [], text: single.text };
  const files = await writeFiles(deps, request, texts, extras.boots);
  const github = request.github === undefined ? undefined : await toGithub(deps, comparison, request.github);
  return {
    verdict,
    reasons,
    files: [...files, ...(github?.files ?? [])],
    notes: github?.notes ?? [],
    ...(github === undefined ? {} : { annotations: githubAnnotations(comparison) }),
  };
}

type ReadComparison = { readonly comparison: Comparison } & Pick<ReportExtras, 'baseline' | 'current'>;

const flat = ({ comparison, values }: Compared): ReadComparison => ({ comparison, ...values });

async function readCompared(deps: Files, file: ComparisonFile): Promise<ReadComparison> {
  const comparison = await readDocument(deps, file.comparison, 'a comparison', comparisonSchema, [
    `sysmonvm bench compare BASELINE CURRENT --json > ${file.comparison}`,
  ]);
  const seriesOf = async (path: string, runId: string) => (await readResults(deps, path, runId)).series;
  return {
    comparison,
    ...(file.baseline === undefined ? {} : { baseline: await seriesOf(file.baseline, comparison.baseline.runId) }),
    ...(file.current === undefined ? {} : { current: await seriesOf(file.current, comparison.current.runId) }),
  };
}

async function readBoots(deps: Files, paths: readonly string[]): Promise<readonly DrawnBoot[]> {
  const boots: DrawnBoot[] = [];
  for (const path of paths) {
    const next = ['sysmonvm bench boot --iterations 1   # writes boot_time.json'];
    boots.push(drawnBoot(path, await readDocument(deps, path, 'the markers of a boot', bootTimeSchema, next)));
  }
  return boots;
}

function textOf(format: FileFormat, comparison: Comparison, extras: ReportExtras): string {
  if (format === 'markdown') return markdownReport(comparison);
  return format === 'html' ? htmlReport(comparison, extras) : junitReport(comparison);
}

export const byteLength = (text: string): number => new TextEncoder().encode(text).length;

async function writeFiles(
  { files }: Files,
  { of, formats, out = 'bench-report' }: ReportRequest,
  texts: readonly { readonly format: FileFormat; readonly text: string }[],
  boots: readonly DrawnBoot[],
): Promise<readonly WrittenFile[]> {
  const directory = formats.length > 1;
  if (directory) await files.makeDirectory(out);
  const drawn = directory
    ? boots.map(({ title, lanes }, index) => ({
        format: 'svg' as const,
        path: `${out}/waterfall${index === 0 ? '' : `-${index + 1}`}.svg`,
        text: waterfallFile(title, lanes),
      }))
    : [];
  const compared =
    directory && 'values' in of
      ? [{ format: 'json' as const, path: `${out}/comparison.json`, text: comparisonFile(of.comparison) }]
      : [];
  const named = texts.map(({ format, text }) => ({
    format,
    path: directory ? `${out}/${reportFiles[format]}` : out,
    text,
  }));
  const written: WrittenFile[] = [];
  for (const { format, path, text } of [...named, ...drawn, ...compared]) {
    await files.write(path, text);
    written.push({ format, path, bytes: byteLength(text) });
  }
  return written;
}

/** GitHub throws a summary away that is longer than it takes, so what other steps wrote there counts. */
async function toGithub(
  { files }: Files,
  comparison: Comparison,
  { stepSummary }: NonNullable<ReportRequest['github']>,
): Promise<{ readonly files: readonly WrittenFile[]; readonly notes: readonly string[] }> {
  if (stepSummary === undefined)
    return { files: [], notes: ['GITHUB_STEP_SUMMARY is not set: no summary is written.'] };
  const room = stepSummaryBytes - (await files.size(stepSummary));
  const text = markdownReport(comparison, room);
  const bytes = byteLength(text);
  if (bytes > room)
    return {
      files: [],
      notes: [`${stepSummary} has room for ${Math.max(0, room)} bytes more: no summary is written.`],
    };
  await files.append(stepSummary, text);
  return { files: [{ format: 'step-summary', path: stepSummary, bytes }], notes: [] };
}
