import { readFile } from 'node:fs/promises';
import type { Finding } from '../../../core/engine.ts';
import type { ProcessRunner } from '../../../core/ports/process-runner.ts';
import { ok, warning } from './finding-text.ts';
import { userName } from './user-name.ts';

const id = 'user-namespaces';

/** Without root, local images are built inside a user namespace. The namespace is really made: settings only hint. */
export async function namespaceFinding(runner: Pick<ProcessRunner, 'run' | 'which'>): Promise<Finding> {
  if ((await runner.which('unshare')) === undefined)
    return warning(
      id,
      'unshare is not installed, so local images cannot be built without root',
      'sudo apt-get install util-linux',
    );
  const { exitCode, stderr } = await runner.run('unshare', ['--user', '--map-root-user', 'true'], {
    acceptExitCodes: 'any',
  });
  if (exitCode !== 0) {
    const words = stderr.trim();
    return warning(
      id,
      `user namespaces are refused, so local images can be built by root only${words === '' ? '' : ` (${words})`}`,
      await remedyForRefusal(),
    );
  }
  const username = userName();
  const uid = process.getuid?.();
  for (const file of ['/etc/subuid', '/etc/subgid']) {
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
    if (lines.some((line) => line.startsWith(`${username}:`) || line.startsWith(`${uid}:`))) continue;
    return warning(
      id,
      `${file} has no range of ids for ${username}, so local images cannot be built without root`,
      `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${username}`,
    );
  }
  return ok(id, `${username} may make user namespaces, with ids of its own`);
}

/** Three switches are in use: Debian's older one, Ubuntu's AppArmor rule, and the kernel's limit. */
async function remedyForRefusal(): Promise<string> {
  const read = async (name: string) => (await readFile(`/proc/sys/${name}`, 'utf8').catch(() => '')).trim();
  if ((await read('kernel/unprivileged_userns_clone')) === '0') return 'sudo sysctl kernel.unprivileged_userns_clone=1';
  if ((await read('kernel/apparmor_restrict_unprivileged_userns')) === '1')
    return 'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0';
  if ((await read('user/max_user_namespaces')) === '0') return 'sudo sysctl user.max_user_namespaces=15000';
  return 'In a container, allow user namespaces (seccomp profile), or fetch a vendor image instead of a local one.';
}
