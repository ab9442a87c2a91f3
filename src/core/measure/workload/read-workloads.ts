import type { z } from 'zod';
import { type ParsedConfigFile, positionOf } from '../../config/parsed-config-file.ts';
import { fail } from '../../errors/sysmonvm-error.ts';
import { didYouMean } from '../../ids/near-matches.ts';
import { checkWorkload } from './check-workload.ts';
import { foreignForm } from './foreign-form.ts';
import { toWorkload } from './to-workload.ts';
import type { Workload } from './workload.ts';
import { type WrittenWorkload, workloadSchema } from './workload-schema.ts';

/** One thing that is wrong with a file of workloads. */
export interface WorkloadFinding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Its id, or which one it is in the list; absent for what stands around them. */
  readonly workload?: string;
  readonly field: string;
  readonly message: string;
}

/** The name of the published form, and ours; the fields are the same. */
const lists = ['harvey_reference_workloads', 'workloads'] as const;
type Path = readonly PropertyKey[];

/** Every workload of the files, in their order. @throws workload.file-invalid with all findings */
export function readWorkloads(files: readonly ParsedConfigFile[]): readonly Workload[] {
  const findings: WorkloadFinding[] = [];
  const workloads = files.flatMap((file) => readFile(file, findings));
  const places = new Map<string, Workload>();
  for (const workload of workloads) {
    const before = places.get(workload.id);
    if (before === undefined) places.set(workload.id, workload);
    else {
      const message = `another workload has this id already, in ${before.file}:${before.line}`;
      const { file, line, id } = workload;
      findings.push({ file, line, column: 1, workload: id, field: 'workload_id', message });
    }
  }
  if (findings.length > 0) failWith(findings);
  return workloads;
}

function readFile(file: ParsedConfigFile, findings: WorkloadFinding[]): readonly Workload[] {
  const around = (field: string, message: string): void => {
    findings.push({ file: file.path, ...positionOf(file, field), field, message });
  };
  const { values } = file;
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    around('', `must be a mapping with the list ${lists.join(' or ')}`);
    return [];
  }
  const known: readonly string[] = lists;
  for (const key of Object.keys(values))
    if (!known.includes(key))
      around(key, `unknown key.${didYouMean(key, lists) || ` Known here: ${lists.join(', ')}.`}`);
  const present = lists.filter((name) => Object.hasOwn(values, name));
  if (present.length === 0) around('', `holds no list ${lists.join(' or ')}`);
  return present.flatMap((name) => {
    const list = (values as Record<string, unknown>)[name];
    if (!Array.isArray(list) || list.length === 0) {
      around(name, 'must be a list of workloads, with at least one');
      return [];
    }
    return list.flatMap((item: unknown, index) => readOne(file, [name, index], item, findings));
  });
}

function readOne(file: ParsedConfigFile, place: Path, item: unknown, findings: WorkloadFinding[]): readonly Workload[] {
  const prefix = place.join('.');
  const add = (path: Path, message: string): void => {
    const field = path.join('.');
    const position = positionOf(file, field === '' ? prefix : `${prefix}.${field}`);
    findings.push({ file: file.path, ...position, workload: nameOf(item, place), field, message });
  };
  const foreign = foreignForm(item);
  const parsed = workloadSchema.safeParse(item);
  const before = findings.length;
  for (const { path, message } of foreign) add(path, message);
  const told = foreign.map(({ path }) => path.join('.'));
  if (!parsed.success) {
    for (const issue of parsed.error.issues)
      for (const [path, message] of inWords(issue, item))
        if (!told.some((other) => path.join('.').startsWith(other)) && !isReplaced(path, told)) add(path, message);
    return [];
  }
  for (const { path, message } of checkWorkload(parsed.data)) add(path, message);
  if (findings.length > before) return [];
  return [toWorkload(parsed.data, { file: file.path, line: positionOf(file, prefix).line })];
}

/** `name` in place of `workload_id` was told once; that the other is missing need not be told as well. */
function isReplaced(path: Path, told: readonly string[]): boolean {
  return path.join('.') === 'workload_id' && told.includes('name');
}

function nameOf(item: unknown, place: Path): string {
  const id = typeof item === 'object' && item !== null ? (item as Partial<WrittenWorkload>).workload_id : undefined;
  return typeof id === 'string' && id !== '' ? id : `number ${Number(place.at(-1)) + 1}`;
}

function* inWords(issue: z.core.$ZodIssue, item: unknown): Iterable<readonly [Path, string]> {
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) yield [[...issue.path, key], `unknown key.${didYouMean(key, knownKeys(issue.path))}`];
  } else if (issue.code !== 'custom' && isAbsent(item, issue.path)) yield [issue.path, 'is missing'];
  else yield [issue.path, issue.message];
}

function isAbsent(item: unknown, path: Path): boolean {
  const reached = path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    item,
  );
  return reached === undefined;
}

function knownKeys(path: Path): readonly string[] {
  if (path.length === 0) return Object.keys(workloadSchema.shape);
  if (path[0] === 'run') return Object.keys(workloadSchema.shape.run.unwrap().shape);
  if (path[0] === 'metrics') return Object.keys(workloadSchema.shape.metrics.element.shape);
  if (path[0] === 'parameters') return ['name', 'value', 'values'];
  return path[0] === 'acceptance_criteria' ? ['metric', 'condition', 'threshold_value', 'unit', 'when'] : [];
}

function failWith(findings: readonly WorkloadFinding[]): never {
  const lines = findings.map(
    ({ file, line, column, workload, field, message }) =>
      `${file}:${line}:${column}: ${workload === undefined ? '' : `workload ${workload}: `}${field === '' ? '' : `${field}: `}${message}`,
  );
  const text = lines.length === 1 ? (lines[0] ?? '') : `${lines.length} problems:\n  ${lines.join('\n  ')}`;
  fail('workload.file-invalid', text, {
    details: { findings },
    next: [...new Set(findings.map(({ file }) => `sysmonvm bench run --list --workloads ${file}`))],
  });
}
