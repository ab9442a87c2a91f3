import type { Finding } from '../../../core/engine.ts';
import { SysmonvmError } from '../../../core/errors/sysmonvm-error.ts';
import type { ProcessRunner } from '../../../core/ports/process-runner.ts';
import { linuxResources, macResources } from '../host-resources.ts';
import { ok, problem, sizeText, warning } from './finding-text.ts';

const MIB = 1024 * 1024;
const id = 'memory';
const remedy = 'Close what is not needed, or ask for less with --memory.';

export async function memoryFinding(
  platform: 'linux' | 'darwin',
  runner: Pick<ProcessRunner, 'run'>,
  signal?: AbortSignal,
): Promise<Finding> {
  try {
    const { freeMemoryBytes } = await (platform === 'darwin' ? macResources(runner, signal) : linuxResources());
    return judgeMemory(freeMemoryBytes);
  } catch (error) {
    if (!(error instanceof SysmonvmError)) throw error;
    return warning(id, `how much memory is available cannot be told: ${firstLine(error.message)}`, remedy);
  }
}

export function judgeMemory(bytes: number): Finding {
  const summary = `${sizeText(bytes)} of memory available`;
  if (bytes < 512 * MIB) return problem(id, `${summary}; a VM needs 512 MiB at least`, remedy);
  if (bytes < 2048 * MIB) return warning(id, `${summary}; VMs get half of that`, remedy);
  return ok(id, summary);
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
