import { z } from 'zod';
import type { Field } from './field.ts';
import { fieldEntries } from './fields.ts';
import { defaultText } from './option-declarations.ts';

type Shape = Record<string, z.ZodType>;

function described(field: Field<unknown>): z.ZodType {
  return field.schema
    .optional()
    .describe(`${field.description}. Default: ${defaultText(field)}. Example: ${field.example}`);
}

/** JSON Schema (draft 7, which editors know best) of config.yaml. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  const top: Shape = {};
  const sections = new Map<string, Shape>();
  for (const [, field] of fieldEntries) {
    const [section = '', key] = field.yaml.split('.');
    if (key === undefined) top[section] = described(field);
    else sections.set(section, { ...sections.get(section), [key]: described(field) });
  }
  for (const [section, shape] of sections) top[section] = z.strictObject(shape).nullable().optional();
  const schema = z.toJSONSchema(z.strictObject(top).meta({ title: 'sysmonvm config.yaml' }), {
    io: 'input',
    target: 'draft-7',
  });
  return { ...schema };
}
