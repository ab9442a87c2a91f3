import { type ParsedConfigFile, positionOf } from '../../config/parsed-config-file.ts';
import { fail } from '../../errors/sysmonvm-error.ts';

/** A file that may hold a result; positions are asked for only when something is wrong. */
export interface ResultFile {
  readonly path: string;
  readonly values: unknown;
  readonly positions: () => ParsedConfigFile['positions'];
}

export interface FieldFinding {
  /** Dotted path; empty for the file as a whole. */
  readonly field: string;
  readonly message: string;
}

const shown = 5;

/** @throws bench.result-invalid naming file, line and field of each finding */
export function failInvalid({ path, values, positions }: ResultFile, findings: readonly FieldFinding[]): never {
  const file = { path, values, positions: positions() };
  const lines = findings.map(({ field, message }) => {
    const { line, column } = positionOf(file, field);
    return `${path}:${line}:${column}: ${field === '' ? '' : `${field}: `}${message}`;
  });
  const more = lines.length > shown ? [`… and ${lines.length - shown} more`] : [];
  fail('bench.result-invalid', [...lines.slice(0, shown), ...more].join('\n'), {
    details: { file: path, findings },
    next: [`Mend ${path}, or measure again.`],
  });
}
