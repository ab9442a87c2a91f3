import { fail } from '../errors/sysmonvm-error.ts';
import type { CloudConfigFinding } from './cloud-config.ts';

/** @throws config.cloud-init-invalid with every finding: file, line, field. */
export function failOnFindings(findings: readonly CloudConfigFinding[]): void {
  const first = findings[0];
  if (first === undefined) return;
  const lines = findings.map(
    ({ file, line, field, message }) => `${file}:${line}: ${field === '' ? '' : `${field}: `}${message}`,
  );
  fail('config.cloud-init-invalid', lines.join('\n'), {
    details: { file: first.file, line: first.line, field: first.field, findings },
    next: [`mend ${first.file} at line ${first.line} and run the command again`],
  });
}
