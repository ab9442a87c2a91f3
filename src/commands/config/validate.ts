import type { CommandSpec } from '../../cli/command-spec.ts';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';

interface Shown {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly field?: string;
  readonly message: string;
}

function findingLine(finding: Shown): string {
  const place = [finding.file, finding.line, finding.column].filter((part) => part !== undefined).join(':');
  return [place, finding.field, finding.message].filter((part) => part !== undefined && part !== '').join(': ');
}

export const configValidate: CommandSpec = {
  name: 'config validate',
  group: 'host',
  summary: 'Check config.yaml and the SYSMONVM_ variables; every error with file, line and field',
  examples: [
    { command: 'sysmonvm config validate', what: 'check the file of this workspace' },
    { command: 'sysmonvm config validate --json', what: 'findings for an editor or a CI annotation' },
  ],
  exitCodes: { 3: 'something is wrong; the findings are on standard output' },
  document: 'config-validate',
  run: async (context) => {
    const [{ inspectConfig }, composition] = await Promise.all([
      import('../../core/config/resolve-config.ts'),
      context.composition(),
    ]);
    const path = composition.configPath;
    let exists = true;
    let findings: readonly Shown[];
    try {
      const file = await composition.readConfigFile();
      exists = file !== undefined;
      findings = inspectConfig({ file, env: context.env, flags: {} }).findings;
    } catch (error) {
      if (!(error instanceof SysmonvmError) || !Array.isArray(error.details['findings'])) throw error;
      findings = error.details['findings'] as readonly Shown[];
    }
    const valid = findings.length === 0;
    context.output.document({ path, exists, valid, findings }, () => {
      if (!valid) return findings.map((finding) => `${findingLine(finding)}\n`).join('');
      return exists ? `${path} is valid.\n` : `There is no ${path}; the defaults apply.\n`;
    });
    return valid ? 0 : 3;
  },
};
