import { readFile } from 'node:fs/promises';
import type { ProcessIdentity, ProcessRunner } from '../../core/ports/process-runner.ts';

const patienceMs = 20_000;

/**
 * QEMU's process as the host sees it: the engine knows the container's first process (the watchdog's sh), whose child it
 * is. Undefined where the engine runs in a VM of its own, as on macOS.
 */
export async function processInContainer(
  runner: Pick<ProcessRunner, 'run' | 'identify'>,
  { engine, name }: { readonly engine: string; readonly name: string },
  ended: () => boolean,
): Promise<ProcessIdentity | undefined> {
  const until = Date.now() + patienceMs;
  while (!ended() && Date.now() < until) {
    const said = await runner.run(engine, ['inspect', '--format', '{{.State.Pid}}', name], { acceptExitCodes: 'any' });
    const first = Number(said.stdout.trim());
    if (said.exitCode === 0 && first > 0) {
      for (const pid of await childrenOf(first)) if (await isQemu(pid)) return runner.identify(pid);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

async function isQemu(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).startsWith('qemu-system');
}
