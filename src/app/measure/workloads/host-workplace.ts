import { fileName } from '../../../core/measure/workload/check-workload.ts';
import type { Dependencies } from '../../dependencies.ts';
import { commandVector, type Workplace } from './workplace.ts';

/** Below the folder of the run, so that whoever chooses that chooses the disk which is measured. */
export function hostWorkplace(deps: Dependencies, directory: string, signal: AbortSignal): Workplace {
  return {
    async open(workload, files) {
      const folder = `${directory}/place/${workload.id}-${deps.randomHex(4)}`;
      await deps.files.makeDirectory(folder, 0o700);
      const runner = await deps.runner();
      for (const file of files) await runner.run('cp', ['-Rp', file, `${folder}/${fileName(file)}`], { signal });
      return folder;
    },
    async run({ command, folder, env, timeoutMs, signal: own }) {
      const runProgram = await deps.runProgram();
      return runProgram({ command: commandVector(command), cwd: folder, env, timeoutMs, signal: own });
    },
    close: (folder) => deps.files.remove(folder),
  };
}
