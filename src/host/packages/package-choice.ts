import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { packageManagerOrder } from '../../core/facts/os-release.ts';
import {
  isEnterpriseLinux,
  type PackageContext,
  type PackageManagerName,
  packageManagerPrograms,
} from '../../core/facts/tool-packages.ts';

/** Empty on macOS and where there is none. */
export async function readOsRelease(path = '/etc/os-release'): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** The distribution's own package manager when its program is there, else any that is. */
export async function choosePackageManager(
  find: (tool: string) => Promise<string | undefined>,
  platform: NodeJS.Platform,
  osRelease: string,
): Promise<PackageContext | undefined> {
  const order: readonly PackageManagerName[] = platform === 'darwin' ? ['brew'] : packageManagerOrder(osRelease);
  for (const manager of order) {
    if ((await find(packageManagerPrograms[manager])) === undefined) continue;
    return { manager, enterpriseLinux: isEnterpriseLinux(osRelease) };
  }
  return undefined;
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * The lists' own times are those of the mirror, and a list that has not changed keeps its file; only the directories
 * tell when APT last looked.
 */
export async function aptListsAreStale(directory: string, nowMs: number): Promise<boolean> {
  const names = await readdir(directory).catch(() => [] as string[]);
  if (!names.some((name) => /_Packages(\.\w+)?$/.test(name))) return true;
  const times = await Promise.all(
    [directory, join(directory, 'partial')].map((path) =>
      stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return nowMs - Math.max(...times) > dayMs;
}
