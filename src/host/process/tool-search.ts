import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { installHint, type PackageContext } from '../../core/facts/tool-packages.ts';

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

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** What to paste when a program is missing; always something. */
export function missingToolSteps(tool: string, context: PackageContext | undefined): readonly string[] {
  const hint = context === undefined ? undefined : installHint(tool, context);
  return [...(hint === undefined ? [] : [hint]), 'sysmonvm host-setup'];
}
