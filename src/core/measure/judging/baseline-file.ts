import { z } from 'zod';
import type { ResultSet } from '../result-set.ts';
import { resultSetSchema } from '../result-set-schema.ts';
import { parseResultSet } from './parse-result-set.ts';
import { failInvalid, type ResultFile } from './result-file.ts';

/** One act of setting a baseline. */
export interface BaselineAct {
  readonly setBy: string;
  /** RFC 3339, UTC. */
  readonly setAt: string;
  readonly reason: string;
  readonly commit?: string;
}

/** What one tag, architecture and guest (or workload set) is measured by; a file for version control. */
export interface Baseline extends BaselineAct {
  readonly schemaVersion: 1;
  readonly kind: 'baseline';
  readonly tag: string;
  readonly arch: string;
  readonly name: string;
  /** The acts before it, the latest first. */
  readonly previous: readonly BaselineAct[];
  readonly result: ResultSet;
}

const act = { setBy: z.string(), setAt: z.iso.datetime(), reason: z.string(), commit: z.string().exactOptional() };
/** Everything but the result. */
const facts = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('baseline'),
  tag: z.string(),
  arch: z.string(),
  name: z.string(),
  ...act,
  previous: z.array(z.object(act)),
});

export const baselineSchema = z.object({ ...facts.shape, result: resultSetSchema });

export const isBaselineFile = (values: object): boolean => 'kind' in values && values.kind === 'baseline';

/** @throws bench.result-invalid */
export function readBaselineFile(file: ResultFile): Baseline {
  const parsed = facts.safeParse(file.values);
  if (!parsed.success)
    return failInvalid(
      file,
      parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message })),
    );
  const { result } = file.values as { readonly result?: unknown };
  return { ...parsed.data, result: parseResultSet(file, result, 'result') };
}

/** The same baseline is the same text, with one value a line: a change of it can be read in a diff. */
export function formatBaseline({ result, ...rest }: Baseline): string {
  return `${JSON.stringify({ ...(ordered(rest) as object), result: ordered(result) }, null, 2)}\n`;
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, ordered(inner)]),
  );
}
