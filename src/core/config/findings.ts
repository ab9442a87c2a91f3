import { fail } from '../errors/sysmonvm-error.ts';
import type { Origin } from './vm-config.ts';

/** One thing that is wrong with what was asked, and where it was asked. */
export interface ConfigFinding {
  readonly from: 'file' | 'env' | 'flag';
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Dotted YAML path, name of the environment variable, or the flag. */
  readonly field: string;
  readonly message: string;
}

export function findingAt(origin: Origin, field: string, message: string): ConfigFinding {
  if (origin.from === 'file')
    return { from: 'file', file: origin.path, line: origin.line, field: origin.field, message };
  if (origin.from === 'env') return { from: 'env', field: origin.name, message };
  return { from: 'flag', field: origin.from === 'flag' ? origin.name : field, message };
}

function sentence(finding: ConfigFinding): string {
  const place =
    finding.file === undefined
      ? ''
      : `${finding.file}:${finding.line ?? 1}${finding.column === undefined ? '' : `:${finding.column}`}: `;
  return `${place}${finding.field}: ${finding.message}`;
}

/** A wrong flag is the caller's mistake, everything else is the configuration's; all findings are told at once. */
export function failWithFindings(findings: readonly ConfigFinding[]): never {
  const fromFlags = findings.some((finding) => finding.from === 'flag');
  const lines = findings.map(sentence);
  fail(
    fromFlags ? 'usage.invalid-argument' : 'config.invalid',
    lines.length === 1 ? (lines[0] ?? '') : `${lines.length} problems:\n  ${lines.join('\n  ')}`,
    {
      details: { findings },
      next: [fromFlags ? 'Use --help to see what is accepted.' : 'sysmonvm config validate'],
    },
  );
}

/** For values that are well-formed but cannot be had here. */
export function refuseValue(origin: Origin, field: string, message: string): never {
  failWithFindings([findingAt(origin, field, message)]);
}
