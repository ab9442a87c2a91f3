import { authorityCertificates } from '../../core/bootstrap/authority.ts';
import type { BootstrapRequest } from '../../core/bootstrap/bootstrap-operations.ts';
import type { StepInput } from '../../core/bootstrap/steps.ts';
import type { Deadline } from '../../core/deadline.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { GuestConnection } from '../../core/ports/guest-shell.ts';
import type { Dependencies } from '../dependencies.ts';

export type StepInputs = Readonly<Partial<Record<StepInput, string>>>;

export async function readInputs(deps: Dependencies, request: BootstrapRequest): Promise<StepInputs> {
  const { proxy, authorityFile } = request;
  return {
    ...(proxy === undefined ? {} : { proxy }),
    ...(authorityFile === undefined ? {} : { ca: await readAuthority(deps, authorityFile) }),
  };
}

async function readAuthority(deps: Dependencies, path: string): Promise<string> {
  const text = await deps.files.read(path);
  if (text === undefined)
    return fail('bootstrap.authority-unusable', `there is no file ${path}`, { details: { path } });
  return authorityCertificates(text, path);
}

/**
 * A file of the guest for the time of `work`: what stands in arguments or variables of a command run by sudo ends in
 * the guest's log, and a proxy may have a password.
 */
export async function withInput<T>(
  deps: Dependencies,
  connection: GuestConnection,
  { text, directory, deadline }: { readonly text: string; readonly directory: string; readonly deadline: Deadline },
  work: (remotePath: string) => Promise<T>,
): Promise<T> {
  const name = `.sysmonvm-${deps.randomHex(8)}`;
  const [local, remote] = [`${directory}/${name}`, `/tmp/${name}`];
  try {
    await deps.files.write(local, text, 0o600, { durable: false });
    await connection.upload(local, remote, deadline);
    return await work(remote);
  } finally {
    await deps.files.remove(local);
    // A connection that broke is told by what was going on.
    if (!deadline.signal.aborted)
      await connection.capture({ command: ['rm', '-f', remote] }, deadline).catch(() => undefined);
  }
}
