import type { DocumentProblem } from '../checked-document.ts';
import { resourceHeader } from './resource-csv.ts';

/** What the rows of a time series tell by themselves. `cpu_percent` is left out: tools mean different things by it. */
export interface ResourceRows {
  readonly samples: number;
  readonly residentMaxBytes?: number;
  readonly readBytes?: number;
  readonly writeBytes?: number;
}

const names = resourceHeader.split(',');
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/;

/** Cells may be empty (unknown). The first thing that is wrong, with its line, or what the rows tell. */
export function readResourceCsv(text: string): ResourceRows | (DocumentProblem & { readonly line: number }) {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const [header, ...rows] = lines;
  if (header !== resourceHeader)
    return { line: 1, field: '', message: `the header is "${header ?? ''}"; expected is "${resourceHeader}"` };
  const columns = names.map((): number[] => []);
  for (const [index, row] of rows.entries()) {
    const line = index + 2;
    const cells = row.split(',');
    if (cells.length !== names.length)
      return { line, field: '', message: `has ${cells.length} cells; expected are ${names.length}` };
    for (const [column, cell] of cells.entries()) {
      const field = names[column] ?? '';
      const number = Number(cell);
      if (column === 0 ? !time.test(cell) : cell.trim() !== cell || !Number.isFinite(number))
        return { line, field, message: `is "${cell}"; expected is ${column === 0 ? 'a time' : 'a number or nothing'}` };
      if (column > 0 && cell !== '') columns[column]?.push(number);
    }
  }
  const [rss, read, written] = ['rss_kb', 'read_bytes', 'write_bytes'].map(
    (name) => columns[names.indexOf(name)] ?? [],
  );
  const [readBytes, writeBytes] = [read?.at(-1), written?.at(-1)];
  return {
    samples: rows.length,
    ...(rss === undefined || rss.length === 0
      ? {}
      : { residentMaxBytes: rss.reduce((most, kib) => Math.max(most, kib)) * 1024 }),
    ...(readBytes === undefined ? {} : { readBytes }),
    ...(writeBytes === undefined ? {} : { writeBytes }),
  };
}
