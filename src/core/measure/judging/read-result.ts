import type { ResultSet } from '../result-set.ts';
import { isBaselineFile, readBaselineFile } from './baseline-file.ts';
import type { MeasuredResult } from './measured-result.ts';
import { parseResultSet } from './parse-result-set.ts';
import { readNumberForm } from './read-number-form.ts';
import type { ResultFile } from './result-file.ts';

/**
 * A result in any form that is accepted. undefined: the file is something else (a comparison, a timeline).
 * @throws bench.result-invalid
 */
export function readResult(file: ResultFile): MeasuredResult | undefined {
  const { values, path } = file;
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return undefined;
  if (isBaselineFile(values)) return measuredSet(readBaselineFile(file).result, path);
  if ('verdict' in values) return undefined;
  if ('series' in values) return measuredSet(parseResultSet(file), path);
  return readNumberForm(values as Readonly<Record<string, unknown>>, file);
}

export function measuredSet({ attempts, series, criteria = [], ...facts }: ResultSet, source: string): MeasuredResult {
  return { side: { ...facts, source }, form: 'set', attempts, series, criteria, notes: [] };
}
