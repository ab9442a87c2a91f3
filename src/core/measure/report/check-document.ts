import type { z } from 'zod';

export type DocumentSchema<Value> = z.ZodType<Value>;

export type Checked<Value> = { readonly value: Value } | { readonly problem: string; readonly field?: string };

export function checkDocument<Value>(text: string, schema: DocumentSchema<Value>): Checked<Value> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return { problem: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const { data, error } = schema.safeParse(content);
  if (error === undefined) return { value: data };
  const [issue] = error.issues;
  const field = issue?.path.join('.') ?? '';
  return { problem: `${field === '' ? 'the document' : field}: ${issue?.message ?? 'not accepted'}`, field };
}
