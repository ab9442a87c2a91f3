import type { ProcessUsage } from '../../core/engine.ts';
import type { ProcessIdentity } from '../../core/ports/process-runner.ts';
import type { Dependencies } from '../dependencies.ts';

type UsageDeps = Pick<Dependencies, 'clock' | 'processTimes' | 'processMemory'>;

export async function usageOf(
  deps: UsageDeps,
  processes: readonly ProcessIdentity[],
): Promise<readonly ProcessUsage[]> {
  const times = await deps.processTimes();
  const found = await Promise.all(
    processes.map(async (process): Promise<ProcessUsage | undefined> => {
      const cpuSeconds = await times.cpuSeconds(process);
      const at = deps.clock.now();
      const residentBytes = await deps.processMemory.residentOf(process);
      if (residentBytes === undefined) return undefined;
      return { pid: process.pid, at, residentBytes, ...(cpuSeconds === undefined ? {} : { cpuSeconds }) };
    }),
  );
  return found.filter((usage) => usage !== undefined);
}
