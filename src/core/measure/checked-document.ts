import type { z } from 'zod';
import { type ParsedConfigFile, positionOf } from '../config/parsed-config-file.ts';
import type { ErrorCode } from '../errors/codes.ts';
import { fail } from '../errors/sysmonvm-error.ts';

/** One thing that is wrong in a file that a person wrote. */
export interface DocumentProblem {
  /** Dotted path; empty: the document as a whole. */
  readonly field: string;
  readonly message: string;
}

/** What a schema makes of a file. @throws the given code, with file, line and field of everything that is wrong */
export function checkedDocument<T>(
  file: ParsedConfigFile,
  schema: z.ZodType<T>,
  code: ErrorCode,
  alsoWrong: (value: T) => readonly DocumentProblem[] = () => [],
): T {
  const parsed = schema.safeParse(file.values);
  const problems = parsed.success
    ? alsoWrong(parsed.data)
    : parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  if (parsed.success && problems.length === 0) return parsed.data;
  const findings = problems.map(({ field, message }) => {
    const { line, column } = positionOf(file, field);
    return { file: file.path, line, column, field, message };
  });
  const lines = findings.map(
    ({ line, column, field, message }) =>
      `${file.path}:${line}:${column}: ${field === '' ? '' : `${field}: `}${message}`,
  );
  return fail(code, lines.join('\n'), {
    details: { path: file.path, findings },
    next: [`$EDITOR +${findings[0]?.line ?? 1} ${file.path}`],
  });
}
