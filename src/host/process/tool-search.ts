import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import {
  installHint,
  isEnterpriseLinux,
  type PackageContext,
  type PackageManagerName,
  packageFor,
  packageManagerPrograms,
} from '../../core/facts/tool-packages.ts';

/** Where programs are that an ordinary user's (or launchd's) PATH leaves out. */
const placesBesidePath: Readonly<Record<'linux' | 'darwin', readonly string[]>> = {
  linux: [
    '/usr/local/sbin',
    '/usr/local/bin',
    '/usr/sbin',
    '/usr/bin',
    '/sbin',
    '/bin',
    '/home/linuxbrew/.linuxbrew/bin',
  ],
  darwin: ['/opt/homebrew/bin', '/opt/homebrew/sbin', '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'],
};

export function searchFolders(path: string | undefined, extra: readonly string[]): readonly string[] {
  // A relative folder on PATH would make the answer depend on the current one.
  return [...new Set([...(path ?? '').split(delimiter).filter((folder) => isAbsolute(folder)), ...extra])];
}

export function extraFolders(platform: NodeJS.Platform): readonly string[] {
  return placesBesidePath[platform === 'darwin' ? 'darwin' : 'linux'];
}

export async function findProgram(tool: string, folders: readonly string[]): Promise<string | undefined> {
  if (tool.includes('/')) return (await isExecutable(tool)) ? tool : undefined;
  for (const folder of folders) {
    const candidate = join(folder, tool);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Which package manager this host has, and of which family it is. */
export async function packageContext(
  find: (tool: string) => Promise<string | undefined>,
  platform: NodeJS.Platform,
  osReleasePath = '/etc/os-release',
): Promise<PackageContext | undefined> {
  const order: readonly PackageManagerName[] = platform === 'darwin' ? ['brew'] : ['apt', 'dnf', 'zypper', 'pacman'];
  for (const manager of order) {
    if ((await find(packageManagerPrograms[manager])) === undefined) continue;
    const osRelease = await readFile(osReleasePath, 'utf8').catch(() => '');
    return { manager, enterpriseLinux: isEnterpriseLinux(osRelease) };
  }
  return undefined;
}

/** What to paste when a program is missing; always something. */
export function missingToolSteps(tool: string, context: PackageContext | undefined): readonly string[] {
  const hint = context && installHint(tool, context);
  if (hint !== undefined && context && packageFor(tool, context) !== undefined) return [hint, 'sysmonvm host-setup'];
  return ['sysmonvm host-setup'];
}
