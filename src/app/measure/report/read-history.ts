import type { Call } from '../../../core/engine.ts';
import type { Comparison } from '../../../core/measure/comparison.ts';
import { comparisonSchema } from '../../../core/measure/comparison-schema.ts';
import { makeHistory } from '../../../core/measure/history/make-history.ts';
import { checkDocument, type DocumentSchema } from '../../../core/measure/report/check-document.ts';
import type { FoundHistory, HistoryRequest } from '../../../core/measure/report-operations.ts';
import type { ResultSet } from '../../../core/measure/result-set.ts';
import { resultSetSchema } from '../../../core/measure/result-set-schema.ts';
import type { Dependencies } from '../../dependencies.ts';

type Needed = Pick<Dependencies, 'files' | 'directories'>;

interface Found {
  readonly sets: ResultSet[];
  readonly comparisons: Comparison[];
  readonly unreadable: { readonly path: string; readonly problem: string }[];
}

/**
 * Results are `<root>/<guest>/<arch>/results/*.json` of boots and `<root>/<run>/results.json` of workloads. Comparisons
 * that were kept as `comparisons/*.json` beside them say how a run was judged; the newest of them counts.
 */
export async function readHistory(deps: Needed, { signal }: Call, request: HistoryRequest): Promise<FoundHistory> {
  const root = request.from ?? `${deps.directories.workspace}/metrics`;
  const found: Found = { sets: [], comparisons: [], unreadable: [] };
  for (const run of await deps.files.names(root)) {
    signal.throwIfAborted();
    await readOne(deps, `${root}/${run}/results.json`, resultSetSchema, found.sets, found);
    await readAll(deps, `${root}/${run}/comparisons`, comparisonSchema, found.comparisons, found);
  }
  for (const guest of await wanted(deps, root, request.filter.guest))
    for (const arch of await wanted(deps, `${root}/${guest}`, request.filter.arch)) {
      signal.throwIfAborted();
      const place = `${root}/${guest}/${arch}`;
      await readAll(deps, `${place}/results`, resultSetSchema, found.sets, found);
      await readAll(deps, `${place}/comparisons`, comparisonSchema, found.comparisons, found);
    }
  return { root, ...makeHistory(found.sets, found.comparisons, request.filter), unreadable: found.unreadable };
}

async function wanted({ files }: Needed, directory: string, only: string | undefined): Promise<readonly string[]> {
  const names = await files.names(directory);
  return only === undefined ? names : names.filter((name) => name === only);
}

async function readAll<Value>(
  deps: Needed,
  directory: string,
  schema: DocumentSchema<Value>,
  into: Value[],
  found: Found,
): Promise<void> {
  for (const name of (await deps.files.names(directory)).filter((one) => one.endsWith('.json')))
    await readOne(deps, `${directory}/${name}`, schema, into, found);
}

/** One broken file hides no other; it is told. */
async function readOne<Value>(
  { files }: Needed,
  path: string,
  schema: DocumentSchema<Value>,
  into: Value[],
  { unreadable }: Found,
): Promise<void> {
  const text = await files.read(path);
  if (text === undefined) return;
  const checked = checkDocument(text, schema);
  if ('value' in checked) into.push(checked.value);
  else unreadable.push({ path, problem: checked.problem });
}
