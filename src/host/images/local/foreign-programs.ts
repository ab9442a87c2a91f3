import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '../../../core/errors/sysmonvm-error.ts';
import type { GuestArch } from './recipes.ts';

interface ForeignProgramsHost {
  /** Where the kernel shows its formats of programs. */
  readonly binfmtDirectory: string;
  /** As Debian names architectures. */
  readonly canRun: (debianArch: string) => Promise<boolean>;
  readonly hasTool: (tool: string) => Promise<boolean>;
}

/**
 * The programs of a foreign image are run while it is installed. The interpreter alone is not enough: the kernel must
 * know of it, and a host that was started without systemd or in a container often forgets (binfmt_misc, `man
 * update-binfmts`).
 * @throws image.build-tools-missing
 */
export async function requireForeignPrograms(arch: GuestArch, host: ForeignProgramsHost): Promise<void> {
  const debianArch = arch === 'aarch64' ? 'arm64' : 'amd64';
  if (await host.canRun(debianArch)) return;
  const mounted = existsSync(join(host.binfmtDirectory, 'status'));
  const mount = [`sudo mount -t binfmt_misc binfmt_misc ${host.binfmtDirectory}`];
  const enable = (await host.hasTool('update-binfmts'))
    ? `sudo update-binfmts --enable qemu-${arch}`
    : 'sudo systemctl restart systemd-binfmt';
  fail(
    'image.build-tools-missing',
    `the kernel of this host does not run ${debianArch} programs: ${mounted ? `binfmt_misc has no entry for qemu-${arch}` : 'binfmt_misc is not mounted'}`,
    { details: { arch, mounted }, next: [...(mounted ? [] : mount), enable] },
  );
}
