import { fail } from '../../../core/errors/sysmonvm-error.ts';
import { joinResults } from '../../../core/measure/judging/join-results.ts';
import type { MeasuredResult } from '../../../core/measure/judging/measured-result.ts';
import { readResult } from '../../../core/measure/judging/read-result.ts';
import type { ResultFiles } from '../../../core/ports/result-files.ts';
import type { Dependencies } from '../../dependencies.ts';

/** A file, or all results directly in a directory as one. @throws bench.result-missing, bench.result-invalid */
export async function loadResult(deps: Dependencies, path: string): Promise<MeasuredResult> {
  const files = await deps.resultFiles();
  const names = await files.list(path);
  if (names !== undefined) return loadDirectory(files, path, names);
  const file = await files.read(path);
  if (file === undefined) return missing(path, 'there is no such file or directory');
  return readResult(file) ?? missing(path, 'it holds neither a result nor a baseline');
}

async function loadDirectory(files: ResultFiles, path: string, names: readonly string[]): Promise<MeasuredResult> {
  const candidates = names.filter((name) => /^[^.].*\.(json|ya?ml)$/.test(name));
  const found: MeasuredResult[] = [];
  for (const name of candidates) {
    const file = await files.read(`${path}/${name}`);
    const result = file === undefined ? undefined : readResult(file);
    if (result !== undefined) found.push(result);
  }
  const others = candidates.length === 0 ? 'no JSON or YAML file' : `nothing but ${candidates.join(', ')}`;
  return joinResults(found, path) ?? missing(path, `no file directly in it holds a result; there is ${others}`);
}

function missing(path: string, why: string): never {
  return fail('bench.result-missing', `${path} is no result: ${why}.`, {
    details: { path },
    next: [`ls -l ${path}`, 'sysmonvm bench baseline list'],
  });
}
