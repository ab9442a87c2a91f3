import { fail } from '../../../core/errors/sysmonvm-error.ts';
import { namespaceFinding } from '../../facts/findings/namespace-finding.ts';
import { createProcessRunner } from '../../process/process-runner.ts';

/**
 * How mmdebstrap gets a root directory to install into. In namespaces of its own (`unshare`; for root everything but
 * the users) its mounts end with its processes, however it ends. Root in an ordinary container may make none and may
 * not mount either: `root` then works without mounts.
 */
export type BuildMode = 'unshare' | 'root';

/** @throws image.user-namespace-unavailable */
export async function chooseBuildMode(userId = process.getuid?.()): Promise<BuildMode> {
  const runner = createProcessRunner();
  if (userId === 0) {
    const { exitCode } = await runner.run('unshare', ['--mount', '--pid', '--fork', 'true'], {
      acceptExitCodes: 'any',
    });
    return exitCode === 0 ? 'unshare' : 'root';
  }
  const { status, summary, remedy } = await namespaceFinding(runner);
  if (status === 'ok') return 'unshare';
  return fail('image.user-namespace-unavailable', summary, remedy === undefined ? {} : { next: [remedy] });
}
