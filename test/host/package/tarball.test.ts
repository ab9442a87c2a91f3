import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../unit/project/source-tree.ts';

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'sysmonvm-tarball-'));
const checkout = join(folder, 'checkout');
const elsewhere = join(folder, 'elsewhere');
const tools = join(folder, 'tools');
const disk = join(checkout, 'dist/sysmonvm/vms/a/disk.qcow2');
const own = join(checkout, 'dist/cli/kept-by-hand');
let tarball = '';
let packed: string[] = [];

/** Node, npm and a shell; no compiler, no python, no make. */
const bare = {
  PATH: tools,
  HOME: folder,
  npm_config_cache: join(folder, 'cache'),
  npm_config_update_notifier: 'false',
};
const run = (program: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = process.env) =>
  execFileSync(program, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const build = () => run(process.execPath, ['scripts/build.mjs'], checkout);
const buildInfo = () => JSON.parse(readFileSync(join(checkout, 'dist/cli/build-info.json'), 'utf8')) as unknown;
const snapshot = () =>
  Object.fromEntries(
    readdirSync(join(checkout, 'dist/cli'), { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(checkout, 'dist/cli', name)).isFile())
      .map((name) => [name, readFileSync(join(checkout, 'dist/cli', name), 'utf8')]),
  );

beforeAll(() => {
  const skipped = new Set(['node_modules', '.git', 'dist', '.tmp', 'coverage', 'metrics']);
  cpSync(projectRoot, checkout, {
    recursive: true,
    filter: (path) => dirname(path) !== projectRoot || !skipped.has(basename(path)),
  });
  symlinkSync(join(projectRoot, 'node_modules'), join(checkout, 'node_modules'));
  mkdirSync(dirname(disk), { recursive: true });
  writeFileSync(disk, 'a disk');
  build();
  writeFileSync(own, 'x');
  mkdirSync(tools);
  symlinkSync(process.execPath, join(tools, 'node'));
  symlinkSync('/bin/sh', join(tools, 'sh'));
  // npm's own program beside its node, started by the node that runs the tests.
  const npmProgram = realpathSync(run('sh', ['-c', 'command -v npm'], folder).trim());
  writeFileSync(join(tools, 'npm'), `#!/bin/sh\nexec "${process.execPath}" "${npmProgram}" "$@"\n`);
  chmodSync(join(tools, 'npm'), 0o755);
  rmSync(own);
  const [report] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], checkout, bare)) as [
    { filename: string; files: { path: string }[] },
  ];
  tarball = join(folder, report.filename);
  packed = report.files.map(({ path }) => path);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the build', () => {
  it('removes only what it made: a workspace in dist/ and foreign files survive, stale chunks go', () => {
    const manifest = join(checkout, 'dist/cli/.build-manifest.json');
    const stale = join(checkout, 'dist/cli/chunks/old/stale.js');
    mkdirSync(dirname(stale));
    writeFileSync(stale, '');
    writeFileSync(own, 'x');
    const { files, ...rest } = JSON.parse(readFileSync(manifest, 'utf8')) as { files: string[] };
    writeFileSync(
      manifest,
      JSON.stringify({ ...rest, files: [...files, 'chunks/old/stale.js', '../sysmonvm/vms/a/disk.qcow2'] }),
    );
    build();
    expect(existsSync(stale)).toBe(false);
    expect(existsSync(dirname(stale))).toBe(false);
    expect(readFileSync(disk, 'utf8')).toBe('a disk');
    expect(existsSync(own)).toBe(true);
    rmSync(own);
  });

  it('makes the same bytes from the same sources', () => {
    const before = snapshot();
    build();
    expect(snapshot()).toEqual(before);
  });

  it('names the commit of its own repository, and none of one around it', () => {
    const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string };
    const git = (cwd: string, ...args: string[]) =>
      run('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.invalid', ...args], cwd).trim();
    git(folder, 'init', '-q');
    build();
    expect(buildInfo()).toEqual({ version, commit: null, modified: null });
    rmSync(join(folder, '.git'), { recursive: true });
    git(checkout, 'init', '-q');
    git(checkout, 'add', 'README.md', '.gitignore');
    git(checkout, 'commit', '-qm', 'x');
    build();
    expect(buildInfo()).toEqual({ version, commit: git(checkout, 'rev-parse', 'HEAD'), modified: true });
    rmSync(join(checkout, '.git'), { recursive: true });
  });

  it('says so when it cannot build, and leaves what was built before', () => {
    const before = snapshot();
    const broken = join(checkout, 'src/main.ts');
    const text = readFileSync(broken, 'utf8');
    writeFileSync(broken, "import './no-such-file.ts';\n");
    expect(build).toThrow(/no-such-file/);
    expect(snapshot()).toEqual(before);
    writeFileSync(broken, text);
  });
});

/** The reader of the lock file finds them beside it. */
function keyFiles(): string[] {
  const lock = JSON.parse(readFileSync(join(checkout, 'images.lock.json'), 'utf8')) as {
    keys: Record<string, { file: string }>;
  };
  return Object.values(lock.keys).map(({ file }) => file);
}

describe('the tarball', () => {
  it('holds only what a user needs', () => {
    const allowed =
      /^(package\.json|README\.md|LICENSE|(ARCHITECTURE|CHANGELOG|CONTRIBUTING|SECURITY)\.md|(images|checker)\.lock\.json|keys\/|dist\/cli\/|dist\/checker(\.cjs|-licenses\.txt)$|templates\/|workloads\/|schemas\/|docs\/.+\.(md|cast)$)/;
    expect(packed.filter((path) => !allowed.test(path))).toEqual([]);
    expect(packed.filter((path) => /manifest|\.tmp$|\.ts$|\.map$|\.node$/.test(path))).toEqual([]);
    for (const path of [
      'dist/cli/main.js',
      'dist/cli/build-info.json',
      'dist/cli/THIRD_PARTY_LICENSES.txt',
      'LICENSE',
      'README.md',
      'images.lock.json',
      'checker.lock.json',
      'dist/checker.cjs',
      'dist/checker-licenses.txt',
      'schemas/images.lock.schema.json',
      'workloads/workloads.yaml',
      'workloads/compile/parts.h',
      ...keyFiles(),
    ])
      expect(packed).toContain(path);
  });

  it('has no link in a page that leads to a file which is not packed', () => {
    const links = packed
      .filter((path) => path.endsWith('.md'))
      .flatMap((page) =>
        [...readFileSync(join(checkout, page), 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
          .map(([, target]) => target ?? '')
          .filter((target) => !/^[a-z]+:/.test(target))
          .map((target) => ({ page, target, path: join(dirname(page), target) })),
      );
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter(({ path }) => !packed.some((file) => file === path || file.startsWith(`${path}/`)))).toEqual(
      [],
    );
  });

  it('names the license of every bundled package', () => {
    const text = readFileSync(join(checkout, 'dist/cli/THIRD_PARTY_LICENSES.txt'), 'utf8');
    for (const name of ['commander', 'execa', 'ssh2', 'yaml', 'zod'])
      expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+.*\\nLicense: (MIT|ISC)$`, 'm'));
  });

  it('installs without registry, compiler or install scripts, and brings no dependency', () => {
    mkdirSync(elsewhere);
    run(
      'npm',
      ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', elsewhere, tarball],
      elsewhere,
      bare,
    );
    const modules = readdirSync(join(elsewhere, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(modules).toEqual(['sysmonvm']);
    for (const file of ['images.lock.json', 'templates'])
      expect(existsSync(join(elsewhere, 'node_modules/sysmonvm', file))).toBe(true);
  });

  it('runs where it was installed', () => {
    const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string };
    const sysmonvm = (...args: string[]) => run(join(elsewhere, 'node_modules/.bin/sysmonvm'), args, elsewhere, bare);
    expect(sysmonvm('--version')).toBe(`${version}\n`);
    expect(sysmonvm('--help')).toMatch(/^sysmonvm - /);
    expect(sysmonvm('vm-create', '--help')).toContain('--memory');
    expect(JSON.parse(sysmonvm('config', 'schema', '--json'))).toHaveProperty('schemaVersion');
    expect(JSON.parse(sysmonvm('bench', 'run', '--list', '--json'))).toMatchObject({
      workloads: expect.arrayContaining([expect.objectContaining({ id: 'compile' })]),
    });
    expect(JSON.parse(sysmonvm('vm-list', '--json', '--workspace', join(folder, 'workspace')))).toMatchObject({
      vms: [],
    });
  });
});
