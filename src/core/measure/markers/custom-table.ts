import { z } from 'zod';
import type { ParsedConfigFile } from '../../config/parsed-config-file.ts';
import { checkedDocument, type DocumentProblem } from '../checked-document.ts';
import type { MarkerTable } from './marker-table.ts';
import { isAnchored, patternProblem } from './safe-pattern.ts';

const markerName = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, 'a name has letters, digits and _ . -');
const flags = z.literal('i', 'the only flag is i').optional();

const tableSchema = z.strictObject({
  name: markerName.default('custom'),
  title: z.string().max(200).optional(),
  markers: z
    .array(z.strictObject({ name: markerName, pattern: z.string().min(1), flags }))
    .min(1)
    .max(200),
  end: z.union([markerName.transform((name) => [name]), z.array(markerName).min(1)]),
  failure: z
    .array(z.strictObject({ pattern: z.string().min(1), flags, what: z.string().min(1).max(200) }))
    .max(50)
    .default([]),
});
type TableDocument = z.infer<typeof tableSchema>;

/** A marker table of the user's own (YAML or JSON). @throws measure.markers-invalid with file, line and field */
export function customTable(file: ParsedConfigFile): MarkerTable {
  const { name, title, markers, end, failure } = checkedDocument(
    file,
    tableSchema,
    'measure.markers-invalid',
    problemsOf,
  );
  const exact = <T extends { readonly flags?: 'i' | undefined }>({ flags: given, ...rest }: T) => ({
    ...rest,
    ...(given === undefined ? {} : { flags: given }),
  });
  return { name, title: title ?? file.path, markers: markers.map(exact), end, failure: failure.map(exact) };
}

function problemsOf({ markers, end, failure }: TableDocument): readonly DocumentProblem[] {
  const names = markers.map(({ name }) => name);
  return [
    ...markers.flatMap(({ name, pattern, flags: given }, index) => [
      ...problem(`markers.${index}.pattern`, patternProblem(pattern, given) ?? unanchored(pattern)),
      ...problem(
        `markers.${index}.name`,
        names.indexOf(name) < index ? `there is already a marker ${name}` : undefined,
      ),
    ]),
    ...end.flatMap((name) => problem('end', names.includes(name) ? undefined : `there is no marker ${name}`)),
    ...failure.flatMap(({ pattern, flags: given }, index) =>
      problem(`failure.${index}.pattern`, patternProblem(pattern, given)),
    ),
  ];
}

function unanchored(pattern: string): string | undefined {
  return isAnchored(pattern)
    ? undefined
    : 'says nothing about the beginning of the line; begin it with ^ (with ^.* where it may stand anywhere)';
}

const problem = (field: string, message: string | undefined): readonly DocumentProblem[] =>
  message === undefined ? [] : [{ field, message }];
