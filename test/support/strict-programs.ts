import { chmod, copyFile, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProcessRunner } from '../../src/host/process/process-runner.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const source = fileURLToPath(new URL('../fixtures/strict-program.sh', import.meta.url));

export interface ExpectedCall {
  readonly args: string;
  readonly code?: number;
  readonly out?: string;
  readonly err?: string;
}

export type StrictPrograms = Awaited<ReturnType<typeof strictPrograms>>;

/** A PATH of one folder, which holds only what the test puts into it. */
export async function strictPrograms() {
  const folder = await temporaryDirectory('sm-path-');
  return {
    folder,
    runner: createProcessRunner({ env: { PATH: folder }, extraPath: [] }),
    /** Expects exactly these calls, any number of times; none at all when only its existence counts. */
    async add(name: string, ...calls: readonly ExpectedCall[]): Promise<void> {
      const path = join(folder, name);
      await copyFile(source, path);
      await chmod(path, 0o755);
      const field = (text: string | undefined) =>
        text === undefined || text === '' ? '-' : text.replaceAll('\n', '\\n');
      const lines = calls.map(({ args, code = 0, out, err }) => [field(args), code, field(out), field(err)].join('\t'));
      await writeFile(`${path}.expected`, lines.map((line) => `${line}\n`).join(''));
    },
    /** The real program of this machine. */
    async link(name: string, path: string): Promise<void> {
      await symlink(path, join(folder, name));
    },
    async calls(name: string): Promise<readonly string[]> {
      const text = await readFile(join(folder, `${name}.calls`), 'utf8').catch(() => '');
      return text.split('\n').filter((line) => line !== '');
    },
  };
}
