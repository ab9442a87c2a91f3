import { fail } from '../../../core/errors/sysmonvm-error.ts';
import { checkDocument, type DocumentSchema } from '../../../core/measure/report/check-document.ts';
import type { Dependencies } from '../../dependencies.ts';

/** @throws report.unreadable */
export async function readDocument<Value>(
  { files }: Pick<Dependencies, 'files'>,
  path: string,
  what: string,
  schema: DocumentSchema<Value>,
  next: readonly string[],
): Promise<Value> {
  const text = await files.read(path);
  if (text === undefined)
    fail('report.unreadable', `${path} does not exist; it is to hold ${what}.`, { details: { file: path }, next });
  const checked = checkDocument(text, schema);
  if ('value' in checked) return checked.value;
  const field = checked.field === undefined || checked.field === '' ? {} : { field: checked.field };
  return fail('report.unreadable', `${path} does not hold ${what}: ${checked.problem}.`, {
    details: { file: path, ...field },
    next,
  });
}
