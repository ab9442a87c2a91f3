import { didYouMean } from '../ids/near-matches.ts';
import { fieldEntries } from './fields.ts';
import type { ConfigFinding } from './findings.ts';
import { type ParsedConfigFile, positionOf } from './parsed-config-file.ts';

type Section = Readonly<Record<string, unknown>>;

const paths = fieldEntries.map(([, field]) => field.yaml);
const sections = new Set(paths.filter((path) => path.includes('.')).map((path) => path.slice(0, path.indexOf('.'))));

export function fileFinding(file: ParsedConfigFile, field: string, message: string): ConfigFinding {
  return { from: 'file', file: file.path, ...positionOf(file, field), field, message };
}

function keysIn(section: string): string[] {
  const prefix = section === '' ? '' : `${section}.`;
  return [
    ...new Set(
      paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length).split('.')[0] ?? ''),
    ),
  ];
}

/** Values by YAML path. A key that no field has, and a section that is not one, becomes a finding. Null means absent. */
export function readFileValues(file: ParsedConfigFile): {
  readonly values: ReadonlyMap<string, unknown>;
  readonly findings: readonly ConfigFinding[];
} {
  const values = new Map<string, unknown>();
  const findings: ConfigFinding[] = [];
  const walk = (value: unknown, section: string): void => {
    if (value === null || value === undefined) return;
    if (typeof value !== 'object' || Array.isArray(value)) {
      findings.push(
        fileFinding(file, section, `${section === '' ? 'the file' : 'this section'} must hold keys and values`),
      );
      return;
    }
    for (const [key, inner] of Object.entries(value as Section)) {
      const path = section === '' ? key : `${section}.${key}`;
      if (paths.includes(path)) {
        if (inner !== null && inner !== undefined) values.set(path, inner);
      } else if (section === '' && sections.has(key)) walk(inner, key);
      else findings.push(fileFinding(file, path, unknownKey(key, section)));
    }
  };
  walk(file.values, '');
  return { values, findings };
}

function unknownKey(key: string, section: string): string {
  const here = didYouMean(key, keysIn(section));
  const elsewhere = paths.filter((path) => path !== key && path.split('.').at(-1) === key);
  if (here === '' && elsewhere.length > 0) return `unknown key. Did you mean ${elsewhere.join(' or ')}?`;
  return `unknown key.${here || ` Known here: ${keysIn(section).join(', ')}.`}`;
}
