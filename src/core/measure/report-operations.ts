import type { Call } from '../operation.ts';
import type { BootLane } from './boot/boot-lanes.ts';
import type { Verdict } from './comparison.ts';
import type { History, HistoryFilter } from './history/history.ts';
import type { Compared } from './judging-operations.ts';

export const reportFiles = { markdown: 'report.md', html: 'report.html', junit: 'junit.xml' } as const;
export type FileFormat = keyof typeof reportFiles;

export interface ComparisonFile {
  /** File with the document of `bench compare --json`. */
  readonly comparison: string;
  /** Files (or directories) with the result sets that were compared: their values are drawn. */
  readonly baseline?: string;
  readonly current?: string;
}

export interface ReportRequest {
  /** What was compared just now is written beside its report as `comparison.json`. */
  readonly of: ComparisonFile | Compared;
  /** Files like boot_time.json, drawn as waterfalls. */
  readonly boots: readonly string[];
  readonly formats: readonly FileFormat[];
  /** A file for one format, a directory for several; undefined: the one text is given back. */
  readonly out?: string;
  /** Makes annotations; with `stepSummary` the Markdown is added to that file. */
  readonly github?: { readonly stepSummary?: string };
}

export interface DrawRequest {
  readonly title: string;
  readonly lanes: readonly BootLane[];
  readonly path: string;
}

export interface WrittenFile {
  readonly format: FileFormat | 'svg' | 'step-summary' | 'json';
  readonly path: string;
  readonly bytes: number;
}

export interface WrittenReport {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly files: readonly WrittenFile[];
  readonly text?: string;
  readonly annotations?: string;
  /** What could not be done as it was asked, and why. */
  readonly notes: readonly string[];
}

export interface HistoryRequest {
  readonly filter: HistoryFilter;
  /** Root of `<guest>/<arch>/results/*.json`; default: `metrics` of the workspace. */
  readonly from?: string;
}

export interface ExportRequest extends HistoryRequest {
  readonly directory: string;
  /** With `{commit}` in it. */
  readonly commitUrl?: string;
}

export interface FoundHistory extends History {
  readonly root: string;
}

export interface ReportOperations {
  /** @throws report.unreadable, report.other-run; nothing is written then */
  write(request: ReportRequest, call: Call): Promise<WrittenReport>;
  /** The lanes of one boot, drawn; nothing was seen of it: nothing is drawn. */
  drawBoot(request: DrawRequest): Promise<WrittenFile>;
  history(request: HistoryRequest, call: Call): Promise<FoundHistory>;
  /** A page that works from a file, and its data. */
  exportHistory(
    request: ExportRequest,
    call: Call,
  ): Promise<{ readonly history: FoundHistory; readonly files: readonly WrittenFile[] }>;
}
