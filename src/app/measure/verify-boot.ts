import { fail } from '../../core/errors/sysmonvm-error.ts';
import { createConsoleLines } from '../../core/measure/console-lines.ts';
import { markerTables } from '../../core/measure/markers/all-tables.ts';
import { compileTable } from '../../core/measure/markers/compile-table.ts';
import type { BootProof } from '../../core/measure/media-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { markerTableOf } from './read-tables.ts';

/** The first line of a log that proves a boot, by one table or by any of ours. */
export async function verifyBoot(
  deps: Pick<Dependencies, 'mediaFiles'>,
  { log, markers }: { readonly log: string; readonly markers?: string },
): Promise<BootProof> {
  const tables = markers === undefined ? markerTables : [await markerTableOf(deps, markers)];
  const files = await deps.mediaFiles();
  const found = await files.look(log);
  if (found.kind !== 'file') {
    fail('media.unreadable', `The log ${log} ${found.kind === 'missing' ? 'does not exist' : 'cannot be read'}.`, {
      details: { path: log, reason: found.kind },
      next: [`ls -l ${log}`],
    });
  }
  const names = tables.map(({ name }) => name);
  const judges = tables.map((table) => {
    const { markers: all, failures } = compileTable(table);
    const proofs = table.proof ?? table.end;
    return { table: table.name, markers: all.filter(({ name }) => proofs.includes(name)), failures };
  });
  const lines = createConsoleLines();
  let number = 0;
  let failure: string | undefined;
  const proofIn = (line: string): BootProof | undefined => {
    number += 1;
    for (const { table, markers: proofs, failures } of judges) {
      const marker = proofs.find(({ regex }) => regex.test(line));
      if (marker)
        return {
          log,
          booted: true,
          tables: names,
          found: { table, marker: marker.name, line: number, text: line.trim() },
        };
      failure ??= failures.find(({ regex }) => regex.test(line)) && line.trim();
    }
    return undefined;
  };
  for await (const chunk of files.text(found.path)) {
    for (const line of lines.feed(chunk)) {
      const proof = proofIn(line);
      if (proof) return { ...proof, ...(failure === undefined ? {} : { failure }) };
    }
  }
  return proofIn(lines.rest()) ?? { log, booted: false, tables: names, ...(failure === undefined ? {} : { failure }) };
}
