import type { Finding } from '../../../core/engine.ts';
import { SysmonvmError } from '../../../core/errors/sysmonvm-error.ts';
import { longestSocketPath, socketPathLimit } from '../../../core/facts/directory-places.ts';
import { ok, problem } from './finding-text.ts';

/** `runtime` gives the directory of the sockets, or throws why there is none. */
export async function socketFinding(platform: 'linux' | 'darwin', runtime: () => Promise<string>): Promise<Finding> {
  const id = 'sockets';
  const limit = socketPathLimit[platform];
  try {
    const directory = await runtime();
    const length = longestSocketPath(directory);
    if (length <= limit) return ok(id, `sockets fit below ${directory} (${length} of ${limit} bytes)`);
    return problem(
      id,
      `paths of sockets below ${directory} take ${length} bytes, ${limit} are possible`,
      'Set XDG_RUNTIME_DIR to a directory with a shorter path.',
    );
  } catch (error) {
    if (!(error instanceof SysmonvmError)) throw error;
    return problem(id, error.message, error.next[0] ?? 'Set XDG_RUNTIME_DIR to a directory of yours.');
  }
}
