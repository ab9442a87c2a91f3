import type { Call } from '../../../core/engine.ts';
import type { AbRequest, AbResult } from '../../../core/measure/boot-operations.ts';
import { acceptedBySettings } from '../../../core/measure/judging/ab-accepted.ts';
import { abCourse, sideParameters } from '../../../core/measure/judging/ab-course.ts';
import { compareResults } from '../../../core/measure/judging/compare-results.ts';
import { measuredSet } from '../../../core/measure/judging/read-result.ts';
import type { Dependencies } from '../../dependencies.ts';
import { measureBoots } from './boot-series.ts';

/** Both sides in turns, one result of each, and the judgement that `bench compare` makes of the two files. */
export async function measureAb(deps: Dependencies, call: Call, request: AbRequest): Promise<AbResult> {
  const { a, b, judging, ...common } = request;
  const course = abCourse(request, (sentence) => call.report({ kind: 'notice', level: 'info', text: sentence }));
  const configurations = [
    { ...a, parameters: sideParameters('a', a.parameters) },
    { ...b, parameters: sideParameters('b', b.parameters) },
  ];
  const out = request.out ?? `${deps.directories.workspace}/metrics/ab`;
  const series = { ...common, out, configurations, iterations: request.pilot };
  const { results, directory, runs } = await measureBoots(deps, call, series, course);
  const [ofA, ofB] = results;
  if (!ofA || !ofB) throw new Error('an A/B has two results, whatever became of its boots');
  const asked = acceptedBySettings([...Object.keys(a.parameters), ...Object.keys(b.parameters)]);
  const judgedBy = { ...judging, accept: [...new Set([...judging.accept, ...asked])] };
  const [baseline, current] = [measuredSet(ofA.result, ofA.path), measuredSet(ofB.result, ofB.path)];
  const comparison = compareResults(baseline, current, judgedBy);
  return {
    a: { settings: a.parameters, result: ofA.result, resultPath: ofA.path },
    b: { settings: b.parameters, result: ofB.result, resultPath: ofB.path },
    ...{ number: course.number(), directory, runs, comparison, judgedBy },
  };
}
