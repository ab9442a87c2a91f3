import { baselineName } from '../../../core/measure/judging/baseline-name.ts';
import { referenceText } from '../../../core/measure/judging/baseline-reference.ts';
import { compareResults } from '../../../core/measure/judging/compare-results.ts';
import type { MeasuredResult } from '../../../core/measure/judging/measured-result.ts';
import { oneNumber } from '../../../core/measure/judging/read-number-form.ts';
import { measuredSet } from '../../../core/measure/judging/read-result.ts';
import type { Compared, CompareRequest, ResultReference } from '../../../core/measure/judging-operations.ts';
import type { Dependencies } from '../../dependencies.ts';
import { findBaseline } from './kept-baselines.ts';
import { loadResult } from './load-result.ts';

export async function compare(deps: Dependencies, request: CompareRequest): Promise<Compared> {
  // A tag is completed by what the other side is of, so that is read first.
  const first =
    request.current.kind === 'tag' ? undefined : await load(deps, request.current, request.directory, undefined);
  const baseline = await load(deps, request.baseline, request.directory, first);
  const current = first ?? (await load(deps, request.current, request.directory, baseline));
  return {
    comparison: compareResults(baseline, current, request),
    values: { baseline: baseline.series, current: current.series },
  };
}

async function load(
  deps: Dependencies,
  reference: ResultReference,
  directory: string | undefined,
  other: MeasuredResult | undefined,
): Promise<MeasuredResult> {
  if (reference.kind === 'path') return loadResult(deps, reference.path);
  if (reference.kind === 'milliseconds') {
    const source = `${reference.option} ${reference.ms}`;
    return { side: { schemaVersion: 1, runId: source, source }, ...oneNumber(reference.ms) };
  }
  const { baseline } = await findBaseline(deps, { ...completedBy(other), ...withoutKind(reference) }, directory);
  return measuredSet(baseline.result, referenceText(baseline));
}

function completedBy(other: MeasuredResult | undefined): { readonly arch?: string; readonly name?: string } {
  if (other === undefined) return {};
  const { arch, guest, kind } = other.side;
  return {
    ...(arch === undefined ? {} : { arch }),
    ...(guest === undefined || kind === undefined ? {} : { name: baselineName({ guest, kind }) }),
  };
}

const withoutKind = ({ kind: _kind, ...reference }: Extract<ResultReference, { kind: 'tag' }>) => reference;
