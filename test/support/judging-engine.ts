import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Dependencies } from '../../src/app/dependencies.ts';
import { createJudgingOperations } from '../../src/app/measure/judging/judging-operations.ts';
import { createReportOperations } from '../../src/app/measure/report/report-operations.ts';
import type { ProcessRunner } from '../../src/core/ports/process-runner.ts';
import { systemClock } from '../../src/host/process/system-clock.ts';
import { createResultFiles } from '../../src/host/store/result-files.ts';
import { createTextFiles } from '../../src/host/store/text-files.ts';
import { cli } from './run-cli.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** The commands of judging over real files in a directory of the test; git knows nobody unless it is told. */
export async function judgingBench(gitUser?: string) {
  const root = await temporaryDirectory();
  const runner = {
    which: async () => (gitUser === undefined ? undefined : '/usr/bin/git'),
    run: async () => ({ exitCode: 0, stdout: `${gitUser}\n`, stderr: '' }),
  } as unknown as ProcessRunner;
  const deps = {
    directories: { workspace: join(root, 'workspace') },
    clock: systemClock,
    files: createTextFiles(systemClock),
    resultFiles: async () => createResultFiles(),
    runner: async () => runner,
  } as unknown as Dependencies;
  const judging = createJudgingOperations(deps);
  const reports = createReportOperations(deps);
  return {
    root,
    judging,
    path: (name: string) => join(root, name),
    /** A string is written as it is, anything else as JSON. */
    write: async (name: string, content: unknown) => {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), typeof content === 'string' ? content : JSON.stringify(content, null, 1));
      return join(root, name);
    },
    run: (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      cli(['bench', ...argv], { engine: { judging, reports }, env }),
  };
}
