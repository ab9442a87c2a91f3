import { fail } from '../../../core/errors/sysmonvm-error.ts';
import type { Workload, WorkloadProgram } from '../../../core/measure/workload/workload.ts';
import type { Dependencies } from '../../dependencies.ts';

/** A program with everything that must be there to run it. */
export interface ResolvedProgram extends WorkloadProgram {
  readonly command: string | readonly string[];
  /** Absolute. */
  readonly files: readonly string[];
}

/** How a program beside the file is started, by the end of its name. */
const starters: readonly (readonly [suffix: string, words: readonly string[]])[] = [
  ['', []],
  ['.sh', ['sh']],
  ['.py', ['python3', '-I']],
];

/** @throws workload.no-program */
export async function resolveProgram(
  deps: Pick<Dependencies, 'files'>,
  workload: Workload,
  program: WorkloadProgram,
): Promise<ResolvedProgram> {
  const folder = workload.file.slice(0, Math.max(0, workload.file.lastIndexOf('/')));
  const place = `${workload.file}:${workload.line}: workload ${workload.id}`;
  const files = program.files.map((file) => (file.startsWith('/') ? file : `${folder}/${file}`.replace(/\/+$/, '')));
  for (const file of files)
    if (!(await deps.files.exists(file)))
      fail('workload.no-program', `${place}: files: there is no ${file}`, {
        details: { workload: workload.id, missing: file },
      });
  if (program.command !== undefined) return { ...program, command: program.command, files };
  for (const [suffix, words] of starters) {
    const name = `${workload.id}${suffix}`;
    if (!(await deps.files.exists(`${folder}/${name}`))) continue;
    return { ...program, command: [...words, `./${name}`], files: [...files, `${folder}/${name}`] };
  }
  const names = starters.map(([suffix]) => `${workload.id}${suffix}`).join(', ');
  return fail('workload.no-program', `${place}: has no run.command, and ${folder} has none of ${names}`, {
    details: { workload: workload.id, folder },
  });
}
