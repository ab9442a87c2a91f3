import type { z } from 'zod';
import { type Field, type FieldKey, flagAttribute } from './field.ts';
import { fieldEntries } from './fields.ts';
import { fileFinding, readFileValues } from './file-values.ts';
import { type ConfigFinding, failWithFindings, findingAt } from './findings.ts';
import { type ParsedConfigFile, positionOf } from './parsed-config-file.ts';
import type { Origin, Sourced, VmConfig } from './vm-config.ts';

export interface ConfigSources {
  readonly file?: ParsedConfigFile | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As commander gives them (`sshPort`), of whatever command; flags that no field has are left alone. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** The positional VM name. */
  readonly name?: string | undefined;
}

interface Found {
  readonly raw: unknown;
  readonly origin: Origin;
}

/**
 * What was asked, with where each value came from. Flag over variable over file over default.
 * @throws config.invalid or usage.invalid-argument with every finding.
 */
export function resolveConfig(sources: ConfigSources): VmConfig {
  const { config, findings } = inspectConfig(sources);
  if (findings.length > 0) failWithFindings(findings);
  return config;
}

/** As `resolveConfig`, but hands the findings over. With findings, the value of the fields they name is the default. */
export function inspectConfig(sources: ConfigSources): {
  readonly config: VmConfig;
  readonly findings: readonly ConfigFinding[];
} {
  const fromFile = sources.file === undefined ? undefined : readFileValues(sources.file);
  const findings: ConfigFinding[] = [...(fromFile?.findings ?? [])];
  const resolved = new Map<FieldKey, Sourced<unknown>>();
  for (const [key, field] of fieldEntries) {
    const found = lookUp(key, field, sources, fromFile?.values ?? new Map());
    const parsed = field.schema.safeParse(found?.raw);
    if (found !== undefined && parsed.success) resolved.set(key, { value: parsed.data, origin: found.origin });
    else {
      const note = field.defaultNote === undefined ? {} : { note: field.defaultNote };
      resolved.set(key, { value: field.default, origin: { from: 'default', ...note } });
      if (found !== undefined && !parsed.success) findings.push(...issues(found, parsed.error, sources.file));
    }
  }
  const config = Object.fromEntries(resolved) as unknown as VmConfig;
  return withImageSource(config, findings);
}

function lookUp(
  key: FieldKey,
  field: Field<unknown>,
  sources: ConfigSources,
  fileValues: ReadonlyMap<string, unknown>,
): Found | undefined {
  if (key === 'name' && sources.name !== undefined)
    return { raw: sources.name, origin: { from: 'flag', name: 'NAME' } };
  if (field.flag !== undefined) {
    const raw = sources.flags[flagAttribute(field.flag)];
    if (raw !== undefined)
      return {
        raw,
        origin: {
          from: 'flag',
          name: raw === false ? field.flag.replace('--', '--no-') : (field.flag.split(' ')[0] ?? field.flag),
        },
      };
  }
  if (field.env !== undefined) {
    const raw = sources.env[field.env];
    if (raw !== undefined && raw !== '') return { raw, origin: { from: 'env', name: field.env } };
  }
  if (sources.file !== undefined && fileValues.has(field.yaml)) {
    const { line } = positionOf(sources.file, field.yaml);
    return {
      raw: fileValues.get(field.yaml),
      origin: { from: 'file', path: sources.file.path, line, field: field.yaml },
    };
  }
  return undefined;
}

function issues({ origin }: Found, error: z.ZodError, file: ParsedConfigFile | undefined): ConfigFinding[] {
  return error.issues.map(deepest).map((issue) => {
    if (origin.from !== 'file' || file === undefined) return findingAt(origin, '', issue.message);
    return fileFinding(file, [origin.field, ...issue.path.map(String)].join('.'), issue.message);
  });
}

/** Of a union that fits nowhere, the complaint that got furthest into the value. */
function deepest(issue: z.core.$ZodIssue): { readonly path: readonly PropertyKey[]; readonly message: string } {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors.flatMap((branch) => branch.slice(0, 1)).map(deepest);
  const found = inner.reduce((best, next) => (next.path.length > best.path.length ? next : best), {
    path: [] as readonly PropertyKey[],
    message: issue.message,
  });
  return { path: [...issue.path, ...found.path], message: found.message };
}

/** The three keys of an image outside the lock file belong together, and an image asked for by id puts them aside. */
function withImageSource(
  config: VmConfig,
  findings: ConfigFinding[],
): { readonly config: VmConfig; readonly findings: readonly ConfigFinding[] } {
  const { image, imageUrl, imageChecksum, accelerator, requireAccel } = config;
  if (image.origin.from === 'flag' || image.origin.from === 'env') {
    const none: Sourced<undefined> = {
      value: undefined,
      origin: { from: 'default', note: 'put aside: an image was asked for by id' },
    };
    return { config: { ...config, imageUrl: none, imageChecksum: none, imageFilename: none }, findings };
  }
  const alreadyTold = findings.some((finding) => finding.field === 'image.checksum');
  if (imageUrl?.value !== undefined && imageChecksum?.value === undefined && !alreadyTold) {
    findings.push(
      findingAt(
        imageUrl.origin,
        'image.url',
        'needs image.checksum: an image is never used without knowing its digest',
      ),
    );
  }
  if (imageChecksum?.value !== undefined && imageUrl?.value === undefined && image.origin.from === 'default') {
    findings.push(
      findingAt(imageChecksum.origin, 'image.checksum', 'belongs to image.url, or to image.id when that is a file'),
    );
  }
  if (requireAccel.value && accelerator.value === 'tcg') {
    const last = requireAccel.origin.from === 'flag' ? requireAccel : accelerator;
    findings.push(
      findingAt(
        last.origin,
        '--require-accel',
        'acceleration is required and emulation (tcg) is asked for; choose one',
      ),
    );
  }
  return { config, findings };
}
