import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fail, hasCode } from '../../../core/errors/sysmonvm-error.ts';
import { type AptSource, archiveSources, parseDeb822, parseOneLine, renderDeb822 } from './apt-sources.ts';
import type { LocalRecipe } from './recipes.ts';
import { runTool } from './run-tool.ts';

/** A private APT: the host's signed sources, an empty package state, another architecture if need be. */
export interface AptRoot {
  readonly dir: string;
  readonly release: string;
  readonly sourcesPath: string;
  readonly debianArch: string;
  readonly run: (
    tool: string,
    args: readonly string[],
    options: { signal: AbortSignal; cwd?: string },
  ) => Promise<string>;
}

const hostSources = async (etc: string): Promise<AptSource[]> => {
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  const parts = (await readdir(join(etc, 'sources.list.d')).catch(() => [])).sort();
  const listed = await Promise.all(
    parts.map(async (name) => {
      const text =
        name.endsWith('.list') || name.endsWith('.sources') ? await read(join(etc, 'sources.list.d', name)) : '';
      return name.endsWith('.sources') ? parseDeb822(text) : parseOneLine(text);
    }),
  );
  return [...parseOneLine(await read(join(etc, 'sources.list'))), ...listed.flat()];
};

const hostRelease = async (): Promise<{ codename: string; keyring: string }> => {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const value = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(text)?.[1];
  const family = value('ID') === 'ubuntu' ? 'ubuntu' : 'debian';
  return { codename: value('VERSION_CODENAME') ?? '', keyring: `/usr/share/keyrings/${family}-archive-keyring.gpg` };
};

/** Lists of packages are kept between runs, so that asking for the key costs one conditional request a source. */
const cacheHome = (): string => process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');

export const openAptRoot = async (recipe: LocalRecipe, signal: AbortSignal, etc = '/etc/apt'): Promise<AptRoot> => {
  const host = await hostRelease();
  const release = recipe.release ?? host.codename;
  const sources = archiveSources(await hostSources(etc), release, host.keyring);
  if (!sources.some((source) => source.suites.includes(release))) {
    fail(
      'image.suite-unavailable',
      `no APT source of this host, signed by the archive keyring, offers ${release || 'this release'}`,
      {
        details: { recipe: recipe.id, release, hostRelease: host.codename },
        next: ['cat /etc/apt/sources.list.d/*.sources'],
      },
    );
  }
  const dir = join(cacheHome(), 'sysmonvm', 'apt', `${release}-${recipe.debianArch}`);
  await mkdir(join(dir, 'lists', 'partial'), { recursive: true });
  await mkdir(join(dir, 'cache', 'archives', 'partial'), { recursive: true });
  const sourcesPath = join(dir, 'host.sources');
  const rendered = renderDeb822(sources);
  if ((await readFile(sourcesPath, 'utf8').catch(() => '')) !== rendered) await writeFile(sourcesPath, rendered);
  await writeFile(join(dir, 'status'), '');
  await writeFile(join(dir, 'apt.conf'), aptConfig(dir, recipe.debianArch, sourcesPath));
  const root: AptRoot = {
    dir,
    release,
    sourcesPath,
    debianArch: recipe.debianArch,
    // flock: APT does not wait for the lock of its lists, and two commands may ask at the same time.
    run: (tool, args, options) =>
      runTool('flock', [join(dir, 'lock'), tool, ...args], { ...options, env: { APT_CONFIG: join(dir, 'apt.conf') } }),
  };
  await refresh(root, signal);
  return root;
};

/** Without a network the lists of the last time still say what an image is made of. */
const refresh = async (root: AptRoot, signal: AbortSignal): Promise<void> => {
  const known = existsSync(join(root.dir, 'lists.complete'));
  try {
    await root.run('apt-get', ['update', '-qq', '--error-on=any'], { signal });
    await writeFile(join(root.dir, 'lists.complete'), '');
  } catch (error) {
    if (!known || !hasCode(error, 'image.build-failed')) throw error;
  }
};

const aptConfig = (dir: string, arch: string, sourcesPath: string): string =>
  [
    `APT::Architecture "${arch}"; APT::Architectures {"${arch}";};`,
    `Dir::State "${dir}"; Dir::State::lists "${dir}/lists"; Dir::State::status "${dir}/status"; Dir::Cache "${dir}/cache";`,
    `Dir::Etc::sourcelist "${sourcesPath}"; Dir::Etc::sourceparts "/nonexistent"; Dir::Etc::parts "/nonexistent";`,
    'Dir::Etc::preferences "/nonexistent"; Dir::Etc::preferencesparts "/nonexistent"; Dir::Etc::trusted "/nonexistent";',
    'Dir::Etc::trustedparts "/nonexistent"; Acquire::Languages "none"; Acquire::Retries "3"; APT::Install-Recommends "false";',
    'APT::Install-Suggests "false"; APT::Get::AllowUnauthenticated "false"; APT::Sandbox::User "";',
    '',
  ].join('\n');

/** Names and versions of everything that installing `packages` on an empty system would bring. */
export const resolvePackages = async (
  root: AptRoot,
  packages: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string>> => {
  const text = await root.run('apt-get', ['install', '-y', '-qq', '--print-uris', ...packages], { signal });
  const found = [...text.matchAll(/^'[^']*' ([a-z0-9][a-z0-9+.-]*)_([^_\s]+)_[a-z0-9]+\.deb /gm)];
  return new Map(found.map(([, name, version]) => [name ?? '', decodeURIComponent(version ?? '')] as const).sort());
};

/** Downloads (APT checks size, digest and signature), and unpacks without running a maintainer script. */
export const unpackPackages = async (
  root: AptRoot,
  versions: ReadonlyMap<string, string>,
  into: string,
  signal: AbortSignal,
): Promise<void> => {
  const debs = `${into}.debs`;
  await mkdir(debs, { recursive: true });
  await mkdir(into, { recursive: true });
  await root.run('apt-get', ['download', '-qq', ...[...versions].map(([name, version]) => `${name}=${version}`)], {
    signal,
    cwd: debs,
  });
  for (const name of (await readdir(debs)).sort()) {
    if (name.endsWith('.deb')) await runTool('dpkg-deb', ['--extract', join(debs, name), into], { signal });
  }
  await rm(debs, { recursive: true, force: true });
};
