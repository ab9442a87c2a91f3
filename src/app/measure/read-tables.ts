import { fail } from '../../core/errors/sysmonvm-error.ts';
import { type ConsoleScript, consoleScript } from '../../core/measure/console-script.ts';
import { markerTableNamed, markerTables } from '../../core/measure/markers/all-tables.ts';
import { customTable } from '../../core/measure/markers/custom-table.ts';
import type { MarkerTable } from '../../core/measure/markers/marker-table.ts';
import type { Dependencies } from '../dependencies.ts';

type FileDependencies = Pick<Dependencies, 'mediaFiles'>;

/** A table of ours by its name, or the one in a file. */
export async function markerTableOf({ mediaFiles }: FileDependencies, nameOrPath: string): Promise<MarkerTable> {
  const known = markerTableNamed(nameOrPath);
  if (known !== undefined) return known;
  const file = await (await mediaFiles()).document(nameOrPath, 'measure.markers-invalid');
  if (file !== undefined) return customTable(file);
  const names = markerTables.map(({ name }) => name);
  return fail('usage.invalid-argument', `There is no marker table and no file "${nameOrPath}".`, {
    details: { asked: nameOrPath, tables: names },
    next: names.map((name) => `--markers ${name}`),
  });
}

export async function consoleScriptOf({ mediaFiles }: FileDependencies, path: string): Promise<ConsoleScript> {
  const file = await (await mediaFiles()).document(path, 'measure.script-invalid');
  if (file !== undefined) return consoleScript(file);
  return fail('media.unreadable', `The console script ${path} does not exist. Nothing was started.`, {
    details: { path, reason: 'missing' },
    next: [`ls -l ${path}`],
  });
}
