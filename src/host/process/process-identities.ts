import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import { linuxIdentityReader, macIdentityReader, sameProcess } from './process-identity.ts';

export type ProcessIdentities = Pick<ProcessRunner, 'identify' | 'isAlive' | 'kill'>;

/** Light enough for a command that only lists VMs: on Linux nothing but reads of /proc. */
export function createProcessIdentities(platform: NodeJS.Platform = process.platform): ProcessIdentities {
  const reader = platform === 'darwin' ? macIdentityReader(readOutput) : linuxIdentityReader();
  const isAlive: ProcessIdentities['isAlive'] = async (identity) => {
    const now = await reader.identify(identity.pid);
    return now !== undefined && sameProcess(now, identity);
  };
  return {
    identify: (pid) => reader.identify(pid),
    isAlive,
    async kill(identity, signal) {
      if (!(await isAlive(identity))) return 'gone';
      try {
        process.kill(identity.pid, signal);
        return 'sent';
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (code === 'ESRCH') return 'gone';
        return fail(
          'host.permission',
          `process ${identity.pid} may not be signalled by this user (${code ?? 'unknown'})`,
          {
            details: { pid: identity.pid, signal },
            next: [`ps -o user,args -p ${identity.pid}`],
            cause: error,
          },
        );
      }
    },
  };
}

async function readOutput(tool: string, args: readonly string[]): Promise<string | undefined> {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve) => {
    execFile(tool, [...args], { env: { LC_ALL: 'C' } }, (error, stdout) => resolve(error ? undefined : stdout));
  });
}
