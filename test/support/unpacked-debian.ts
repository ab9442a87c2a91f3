import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { archiveSources, parseDeb822, parseOneLine, renderDeb822 } from '../../src/host/images/local/apt-sources.ts';

/** Runs apt-get with a private state; the answer is its output. */
export type PrivateApt = (args: readonly string[]) => string;

interface Wanted {
  /** Below `.tmp`, where it is kept between runs, as the images of the tests are. */
  readonly folder: string;
  /** Besides the host's own release, which stays among them. */
  readonly suite: string;
  /** As `apt-get download` takes them: NAME, NAME=VERSION, NAME/SUITE. */
  readonly packages: (apt: PrivateApt) => readonly string[];
}

/** Codename of the Debian that runs here. @throws what else it is */
export function debianRelease(): string {
  const release = /^VERSION_CODENAME=(\S+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  if (release === undefined || !existsSync('/etc/debian_version')) throw new Error('this is no Debian');
  return release;
}

/**
 * Root of a tree with Debian packages that are not installed: they come from the mirror of the host's own sources,
 * through a private APT that checks them against the archive's keyring.
 */
export function unpackedDebian({ folder, suite, packages }: Wanted): string {
  const directory = fileURLToPath(new URL(`../../.tmp/${folder}`, import.meta.url));
  const root = join(directory, 'root');
  if (existsSync(root)) return root;
  const fresh = `${directory}.new`;
  rmSync(fresh, { recursive: true, force: true });
  for (const part of ['lists/partial', 'cache/archives/partial', 'debs', 'root'])
    mkdirSync(join(fresh, part), { recursive: true });
  const release = debianRelease();
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const own = archiveSources(hostSources(), release, keyring).filter(({ suites }) => suites.includes(release));
  if (own.length === 0) throw new Error(`no APT source of this host offers ${release}`);
  const sources = own.map((source) => ({ ...source, suites: [...source.suites, suite] }));
  writeFileSync(join(fresh, 'host.sources'), renderDeb822(sources));
  writeFileSync(join(fresh, 'apt.conf'), aptConfig(fresh));
  const env = { ...process.env, APT_CONFIG: join(fresh, 'apt.conf') };
  const aptIn = (cwd: string, args: readonly string[]): string =>
    execFileSync('apt-get', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env });
  aptIn(fresh, ['update', '-qq', '--error-on=any']);
  const wanted = packages((args) => aptIn(fresh, args));
  aptIn(join(fresh, 'debs'), ['download', '-qq', ...wanted]);
  for (const name of readdirSync(join(fresh, 'debs')))
    execFileSync('dpkg-deb', ['--extract', join(fresh, 'debs', name), join(fresh, 'root')]);
  rmSync(directory, { recursive: true, force: true });
  renameSync(fresh, directory);
  return root;
}

function hostSources() {
  const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const parts = existsSync('/etc/apt/sources.list.d') ? readdirSync('/etc/apt/sources.list.d').sort() : [];
  return [
    ...parseOneLine(read('/etc/apt/sources.list')),
    ...parts.flatMap((name) => {
      const text = read(join('/etc/apt/sources.list.d', name));
      return name.endsWith('.sources') ? parseDeb822(text) : name.endsWith('.list') ? parseOneLine(text) : [];
    }),
  ];
}

/** What is installed counts, so that only what is newer is fetched. */
function aptConfig(root: string): string {
  return [
    `Dir::State "${root}"; Dir::State::lists "${root}/lists"; Dir::State::status "/var/lib/dpkg/status";`,
    `Dir::Cache "${root}/cache"; Dir::Etc::sourcelist "${root}/host.sources"; Dir::Etc::sourceparts "/nonexistent";`,
    'Dir::Etc::parts "/nonexistent"; Dir::Etc::preferences "/nonexistent"; Dir::Etc::preferencesparts "/nonexistent";',
    'Acquire::Languages "none"; APT::Install-Recommends "false"; APT::Sandbox::User "";',
    '',
  ].join('\n');
}
