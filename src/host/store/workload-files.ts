import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fail, hasCode, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { ReadWorkloadFiles } from '../../core/ports/workload-files.ts';
import { readConfigFile } from './config-file.ts';
import { isMissing } from './file-errors.ts';

const readable = /\.(ya?ml|json)$/;

export const readWorkloadFiles: ReadWorkloadFiles = async (given) => {
  const path = resolve(given);
  const paths = (await isFolder(path)) ? await filesIn(path) : [path];
  return Promise.all(paths.map(readOne));
};

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    return fail('workload.file-invalid', `there is no ${path}`, { details: { path }, cause });
  }
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => readable.test(name)).sort();
  if (names.length === 0)
    fail('workload.file-invalid', `${folder} has no .yaml, .yml or .json file`, { details: { path: folder } });
  return names.map((name) => join(folder, name));
}

async function readOne(path: string) {
  try {
    const file = await readConfigFile(path);
    return file ?? fail('workload.file-invalid', `there is no ${path}`, { details: { path } });
  } catch (error) {
    if (!hasCode(error, 'config.unreadable')) throw error;
    // The same words; what helps is another command.
    throw new SysmonvmError('workload.file-invalid', error.message, {
      details: error.details,
      next: [`sysmonvm bench run --list --workloads ${path}`],
      cause: error,
    });
  }
}
