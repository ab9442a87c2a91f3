import { type BootstrapRecord, readBootstrapRecord } from '../../core/bootstrap/record.ts';
import type { Dependencies } from '../dependencies.ts';

const pathIn = (directory: string): string => `${directory}/bootstrap.json`;

/** undefined: never bootstrapped, or by a version with another record; the checks find out again what is so. */
export async function loadRecord(
  deps: Pick<Dependencies, 'files'>,
  directory: string,
): Promise<BootstrapRecord | undefined> {
  const text = await deps.files.read(pathIn(directory));
  return text === undefined ? undefined : readBootstrapRecord(text);
}

export async function saveRecord(
  deps: Pick<Dependencies, 'files'>,
  directory: string,
  record: BootstrapRecord,
): Promise<void> {
  await deps.files.write(pathIn(directory), `${JSON.stringify(record, null, 2)}\n`, 0o600);
}
