/** The kernel's own refusals: a process without CAP_SYS_ADMIN (an ordinary container), and one without namespaces. */
import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bundleFixture } from '../../../support/bundle-fixture.ts';

const execute = promisify(execFile);
const asRoot = process.platform === 'linux' && process.getuid?.() === 0;

describe.skipIf(!asRoot)('how a Debian image is built (these tests need root)', async () => {
  const program = asRoot ? await bundleFixture('choose-build-mode.mjs') : '';
  const answer = async (command: string, ...args: readonly string[]) => {
    await chmod(dirname(program), 0o755);
    const { stdout } = await execute(command, args, { env: { PATH: process.env['PATH'] ?? '' } });
    return JSON.parse(stdout) as unknown;
  };

  it('root of a container, who may neither mount nor unshare, builds without mounts', async () => {
    const withoutMounts = ['--bounding-set', '-sys_admin', '--inh-caps', '-sys_admin'];
    expect(await answer('setpriv', ...withoutMounts, process.execPath, program)).toEqual({ mode: 'root' });
  });

  it('an ordinary user is told what is in the way before anything is built', async () => {
    // The limit is set inside a namespace of its own, so nothing else on this machine meets it.
    const script = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"';
    const refused = await answer('unshare', '-Ur', 'sh', '-c', script, 'sh', process.execPath, program, '1000');
    expect(refused).toMatchObject({
      code: 'image.user-namespace-unavailable',
      message: expect.stringContaining('user namespaces are refused'),
      next: ['sudo sysctl user.max_user_namespaces=15000'],
    });
    const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
    expect(await answer('setpriv', ...nobody, process.execPath, program)).toMatchObject({
      code: 'image.user-namespace-unavailable',
    });
  });
});
