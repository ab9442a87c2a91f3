import { readFile } from 'node:fs/promises';
import { hasCode } from '../../core/errors/sysmonvm-error.ts';
import { cpuSecondsOfPs, cpuSecondsOfStat } from '../../core/facts/process-times-text.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import type { ProcessTimes } from '../../core/ports/process-times.ts';

export function createProcessTimes(
  processes: Pick<ProcessRunner, 'isAlive'>,
  runner: () => Promise<Pick<ProcessRunner, 'run'>>,
  platform: NodeJS.Platform = process.platform,
): ProcessTimes {
  const read = platform === 'darwin' ? ofPs : ofProc;
  return {
    async cpuSeconds(identity) {
      const seconds = await read(identity.pid);
      // Looked at afterwards: a pid that was given away meanwhile is not taken for ours.
      return seconds !== undefined && (await processes.isAlive(identity)) ? seconds : undefined;
    },
  };

  async function ofPs(pid: number): Promise<number | undefined> {
    try {
      return cpuSecondsOfPs((await (await runner()).run('ps', ['-o', 'time=', '-p', String(pid)])).stdout);
    } catch (error) {
      if (hasCode(error, 'host.tool-failed')) return undefined;
      throw error;
    }
  }
}

async function ofProc(pid: number): Promise<number | undefined> {
  try {
    return cpuSecondsOfStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}
