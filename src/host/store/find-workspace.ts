import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

export interface WorkspaceRequest {
  /** Value of --workspace. */
  readonly asked?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The platform's data directory, used when nothing else names one. */
  readonly dataDirectory: string;
}

/** --workspace, SYSMONVM_WORKSPACE, SR_SYSMONVM_WORKSPACE, the nearest dist/sysmonvm/config.yaml above, the data directory. */
export async function findWorkspace({ asked, env, cwd, dataDirectory }: WorkspaceRequest): Promise<string> {
  const named = asked ?? nonEmpty(env['SYSMONVM_WORKSPACE']) ?? nonEmpty(env['SR_SYSMONVM_WORKSPACE']);
  if (named !== undefined) return resolve(cwd, named);
  for (let directory = resolve(cwd); ; directory = dirname(directory)) {
    const candidate = join(directory, 'dist', 'sysmonvm');
    const found = await access(join(candidate, 'config.yaml')).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
    if (dirname(directory) === directory) return dataDirectory;
  }
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
