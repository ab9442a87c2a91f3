import type { Call } from '../../../core/engine.ts';
import { type HistorySite, historyPage, siteJson } from '../../../core/measure/history/history-page.ts';
import type { ExportRequest, ReportOperations, WrittenFile } from '../../../core/measure/report-operations.ts';
import type { Dependencies } from '../../dependencies.ts';
import { readHistory } from './read-history.ts';
import { byteLength } from './write-report.ts';

type Needed = Pick<Dependencies, 'files' | 'directories' | 'clock' | 'pageAssets' | 'digestOfText'>;

export async function exportHistory(
  deps: Needed,
  call: Call,
  request: ExportRequest,
): ReturnType<ReportOperations['exportHistory']> {
  const history = await readHistory(deps, call, request);
  const { series, hardware, unreadable } = history;
  const site: HistorySite = {
    schemaVersion: 1,
    exportedAt: new Date(deps.clock.now()).toISOString(),
    ...(request.commitUrl === undefined ? {} : { commitUrl: request.commitUrl }),
    series,
    hardware,
    // Paths of this machine say nothing to who reads the page.
    unreadable: unreadable.map(({ path, problem }) => ({ path: path.slice(history.root.length + 1), problem })),
  };
  const texts = [
    { format: 'html', name: 'index.html', text: historyPage(site, await deps.pageAssets(), deps.digestOfText) },
    { format: 'json', name: 'data.json', text: `${siteJson(site)}\n` },
  ] as const;
  await deps.files.makeDirectory(request.directory);
  const files: WrittenFile[] = [];
  for (const { format, name, text } of texts) {
    const path = `${request.directory}/${name}`;
    await deps.files.write(path, text);
    files.push({ format, path, bytes: byteLength(text) });
  }
  return { history, files };
}
