import type { ResultSet } from '../result-set.ts';
import { resultSetSchema } from '../result-set-schema.ts';
import { failInvalid, type ResultFile } from './result-file.ts';

/** `prefix`: where in the file the set lies. @throws bench.result-invalid */
export function parseResultSet(file: ResultFile, values: unknown = file.values, prefix = ''): ResultSet {
  const parsed = resultSetSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  const within = prefix === '' ? [] : [prefix];
  return failInvalid(
    file,
    parsed.error.issues.map(({ path, message }) => ({ field: [...within, ...path].join('.'), message })),
  );
}
