import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stepPreludeScript } from '../../src/core/bootstrap/scripts/step-prelude-script.ts';
import { strictPrograms } from './strict-programs.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** $1 the tree, $2 its programs, the rest is run in it; the mounts end with the namespace. */
const enter = `
mount --bind /usr "$1/usr" && mount -o remount,bind,ro "$1/usr" &&
mount --bind "$1/usr-local" "$1/usr/local" && mount --bind /dev "$1/dev" && mount --bind "$2" "$1/programs" || exit 99
tree=$1
shift 2
exec chroot "$tree" /usr/bin/env -i PATH=/programs:/usr/sbin:/usr/bin "$@"
`;

export const shells = { dash: ['/usr/bin/dash'], bash: ['/usr/bin/bash', '--posix'] } as const;

/**
 * A root directory with the programs of this machine and an /etc, /sys, /proc and /run of its own, for scripts that
 * run as root of a guest. Programs that a test adds come first.
 */
export async function guestTree(shell: keyof typeof shells) {
  const root = await temporaryDirectory('sm-guest-');
  const programs = await strictPrograms();
  for (const name of ['usr', 'usr-local', 'dev', 'proc', 'sys', 'etc', 'run', 'tmp', 'programs'])
    await mkdir(join(root, name));
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) await symlink(`usr/${name}`, join(root, name));
  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  return {
    root,
    programs,
    put,
    makeDirectory: (path: string) => mkdir(join(root, path), { recursive: true }),
    read: (path: string) => readFile(join(root, path), 'utf8'),
    async run(
      script: string,
      [family, login = 'user', input = '']: readonly [string, string?, string?],
    ): Promise<{ readonly code: number; readonly last: string; readonly stderr: string }> {
      const args = ['--mount', 'sh', '-c', enter, 'sh', root, programs.folder];
      const command = [...args, ...shells[shell], '-c', stepPreludeScript + script, 'step', family, login, input];
      const [file, words] = process.getuid?.() === 0 ? ['unshare', command] : ['sudo', ['-n', 'unshare', ...command]];
      return new Promise((resolve, reject) => {
        execFile(file as string, words as string[], (error, stdout, stderr) => {
          const code = error === null ? 0 : error.code;
          if (typeof code !== 'number') return reject(error);
          resolve({ code, last: stdout.trimEnd().split('\n').at(-1) ?? '', stderr });
        });
      });
    },
  };
}
