import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { archiveSources, parseDeb822, parseOneLine, renderDeb822 } from '../../src/host/images/local/apt-sources.ts';

/** Kept between runs, as the images of the tests are. */
const directory = fileURLToPath(new URL('../../.tmp/qemu-backport', import.meta.url));
const wanted = /^(qemu-system-(x86|common|data)|seabios|lib.*)$/;

/**
 * The QEMU of the distribution's backports, unpacked beside the installed one: the packages come from the mirror of the
 * host's own sources, through a private APT that checks them against the archive's keyring. Where that is not possible,
 * the reason.
 */
export function backportedQemu(): { readonly path: string } | { readonly why: string } {
  const path = join(directory, 'qemu-system-x86_64');
  try {
    if (!existsSync(path)) unpack(path);
    return { path };
  } catch (error) {
    const words = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { why: `the backport of QEMU cannot be had here: ${words}` };
  }
}

function unpack(path: string): void {
  const release = /^VERSION_CODENAME=(\S+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  if (release === undefined || !existsSync('/etc/debian_version')) throw new Error('this is no Debian');
  const fresh = `${directory}.new`;
  rmSync(fresh, { recursive: true, force: true });
  for (const part of ['lists/partial', 'cache/archives/partial', 'debs', 'root']) {
    mkdirSync(join(fresh, part), { recursive: true });
  }
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const own = archiveSources(hostSources(), release, keyring).filter(({ suites }) => suites.includes(release));
  if (own.length === 0) throw new Error(`no APT source of this host offers ${release}`);
  const sources = own.map((source) => ({ ...source, suites: [...source.suites, `${release}-backports`] }));
  writeFileSync(join(fresh, 'host.sources'), renderDeb822(sources));
  writeFileSync(join(fresh, 'apt.conf'), aptConfig(fresh));
  const apt = (args: readonly string[], cwd = fresh): string =>
    execFileSync('apt-get', args, {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, APT_CONFIG: join(fresh, 'apt.conf') },
    });
  apt(['update', '-qq', '--error-on=any']);
  const uris = apt(['install', '-y', '-qq', '--print-uris', '-t', `${release}-backports`, 'qemu-system-x86']);
  const packages = [...uris.matchAll(/^'[^']*' ([a-z0-9][a-z0-9+.-]*)_([^_\s]+)_[a-z0-9]+\.deb /gm)]
    .filter(([, name]) => wanted.test(name ?? ''))
    .map(([, name, version]) => `${name}=${decodeURIComponent(version ?? '')}`);
  if (!packages.some((one) => one.startsWith('qemu-system-x86='))) throw new Error('the installed QEMU is as new');
  apt(['download', '-qq', ...packages], join(fresh, 'debs'));
  for (const name of readdirSync(join(fresh, 'debs'))) {
    execFileSync('dpkg-deb', ['--extract', join(fresh, 'debs', name), join(fresh, 'root')]);
  }
  const root = join(directory, 'root');
  writeFileSync(
    join(fresh, 'qemu-system-x86_64'),
    `#!/bin/sh
LD_LIBRARY_PATH=${root}/usr/lib/x86_64-linux-gnu exec ${root}/usr/bin/qemu-system-x86_64 -L ${root}/usr/share/qemu -L ${root}/usr/share/seabios "$@"
`,
    { mode: 0o755 },
  );
  rmSync(directory, { recursive: true, force: true });
  renameSync(fresh, directory);
  execFileSync(path, ['--version']);
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
