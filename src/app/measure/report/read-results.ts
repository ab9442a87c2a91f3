import { fail } from '../../../core/errors/sysmonvm-error.ts';
import { checkDocument } from '../../../core/measure/report/check-document.ts';
import type { ResultSet } from '../../../core/measure/result-set.ts';
import { resultSetSchema } from '../../../core/measure/result-set-schema.ts';
import type { Dependencies } from '../../dependencies.ts';
import { readDocument } from './read-document.ts';

const next = ['sysmonvm bench history   # the runs that are kept, by their ids'];

/**
 * The result set of one run, from its file or from a directory that holds it among others. Values of another run would
 * be drawn beside numbers that are not theirs.
 * @throws report.unreadable, report.other-run
 */
export async function readResults(deps: Pick<Dependencies, 'files'>, path: string, runId: string): Promise<ResultSet> {
  const names = await deps.files.names(path);
  if (names.length === 0) {
    const set = await readDocument(deps, path, 'the results of a run', resultSetSchema, next);
    if (set.runId === runId) return set;
    return fail('report.other-run', `${path} holds the run ${set.runId}; the comparison was made of ${runId}.`, {
      details: { file: path, field: 'runId' },
      next,
    });
  }
  for (const name of names.filter((one) => one.endsWith('.json'))) {
    const checked = checkDocument((await deps.files.read(`${path}/${name}`)) ?? '', resultSetSchema);
    if ('value' in checked && checked.value.runId === runId) return checked.value;
  }
  return fail('report.other-run', `No file of ${path} holds the run ${runId}, of which the comparison was made.`, {
    details: { file: path },
    next,
  });
}
