#!/usr/bin/env node
/**
 * Builds dist/cli: one small entry (main.js), lazy chunks, build-info.json and the licenses of what is bundled; and
 * dist/checker.cjs, the service of the guest in one file, which goes into its executable. What src/page becomes lies in
 * dist/cli/page, as text.
 * It removes only what an earlier build made (dist/cli/.build-manifest.json names it): a workspace may lie in dist/.
 * Files are renamed into place, chunks before the entry, so a command started during a build still finds its chunks.
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { buildPage } from './build-page.mjs';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outdir = join(root, 'dist', 'cli');
const manifestName = '.build-manifest.json';
const entry = join(root, 'src', 'main.ts');
const checkerEntry = join(root, 'src', 'checker', 'main.ts');
const checkerFile = join(root, 'dist', 'checker.cjs');
/** Goes into its executable, with the license of the Node there. */
const checkerLicenses = join(root, 'dist', 'checker-licenses.txt');

/** Optional native code and developer tools which the packages look for and do without. */
const absent = /^cpu-features$|sshcrypto\.node$|^\.\/devtools\.js$/;

const withoutNativeCode = {
  name: 'without-native-code',
  resolveId: (id) => (absent.test(id) ? `\0absent:${id}` : undefined),
  load(id) {
    if (!id.startsWith('\0absent:')) return undefined;
    const message = `${id.slice('\0absent:'.length)} is not part of this build`;
    return `throw Object.assign(new Error(${JSON.stringify(message)}), { code: 'ERR_MODULE_NOT_FOUND' });`;
  },
};

/** commander could start programs named like subcommands; we have none, and the module takes milliseconds to load. */
const withoutSubprograms = {
  name: 'without-subprograms',
  resolveId: (id, importer = '') =>
    id === 'node:child_process' && /[\\/]node_modules[\\/]commander[\\/]/.test(importer) ? '\0empty' : undefined,
  load: (id) => (id === '\0empty' ? 'export default {};' : undefined),
};

/**
 * What every command needs, in one file: each file that Node has to find, read and link takes most of a millisecond.
 * The rest is split by what needs it.
 */
const always = [
  'command-line',
  'app/vm/snapshot',
  'app/vm/destroy-vm',
  'core/view/vm-document',
  'core/view/removal-text',
].map((name) => join(root, 'src', `${name}.ts`));
const ownVersion = join(root, 'src', 'cli', 'own-version.ts');

/**
 * CommonJS packages ask for require (of built-in modules), __filename and __dirname; only the files that do are given
 * them. node:module, which offers a require of its own, loads much more than this.
 */
const commonJsBanner = `import { fileURLToPath as __fileURLToPath } from 'node:url';
function require(name) {
  const found = process.getBuiltinModule(name);
  if (found === undefined) throw Object.assign(new Error('Cannot find module ' + name), { code: 'MODULE_NOT_FOUND' });
  return found;
}
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __fileURLToPath(new URL('.', import.meta.url));
`;

function withBanners(name, text) {
  const body = text.replace(/^#!.*\n/, '');
  const commonJs = /\brequire\b|\b__filename\b|\b__dirname\b/.test(body) ? commonJsBanner : '';
  return `${name === 'main.js' ? '#!/usr/bin/env node\n' : ''}${commonJs}${body}`;
}

function git(...args) {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/** No time in it: the same sources make the same bytes. A git repository around an unpacked tarball is not ours. */
function buildInfo() {
  const { version, gitHead } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const top = git('rev-parse', '--show-toplevel');
  if (top === undefined || realpathSync(top) !== realpathSync(root))
    return { version, commit: gitHead ?? null, modified: null };
  const commit = git('rev-parse', '--verify', 'HEAD') ?? null;
  return { version, commit, modified: git('status', '--porcelain') !== '' };
}

function writeIfChanged(path, contents, mode) {
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(contents))) return;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, contents, { mode });
  renameSync(temporary, path);
}

/** Names from the manifest are data: one that leads out of dist/cli is not followed. */
function removeStale(kept) {
  let earlier = [];
  try {
    earlier = JSON.parse(readFileSync(join(outdir, manifestName), 'utf8')).files;
  } catch {
    return;
  }
  for (const name of earlier) {
    const path = resolve(outdir, name);
    if (kept.has(name) || !path.startsWith(outdir + sep)) continue;
    rmSync(path, { force: true });
    for (
      let folder = dirname(path);
      folder !== outdir && existsSync(folder) && readdirSync(folder).length === 0;
      folder = dirname(folder)
    )
      rmdirSync(folder);
  }
}

async function buildChecker() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { output } = await build({
    cwd: root,
    input: checkerEntry,
    platform: 'node',
    write: false,
    transform: {
      target: 'node20.19',
      define: { 'process.env.NODE_ENV': '"production"', 'process.env.SYSMONVM_BUILD_VERSION': JSON.stringify(version) },
    },
    plugins: [withoutNativeCode],
    output: { file: checkerFile, format: 'cjs', codeSplitting: false, comments: { legal: false }, minify: true },
    logLevel: 'warn',
  });
  const [{ code, moduleIds }] = output;
  writeIfChanged(checkerFile, code, 0o644);
  const own = readFileSync(join(root, 'LICENSE'), 'utf8').trim();
  writeIfChanged(checkerLicenses, `sysmonvm ${version}\n\n${own}\n\n${thirdPartyLicenses(root, moduleIds)}`, 0o644);
  return { kib: Math.round(code.length / 1024), moduleIds };
}

async function main() {
  if (!existsSync(entry)) throw new Error(`${relative(root, entry)} does not exist: there is nothing to build yet`);
  const { output } = await build({
    cwd: root,
    // The second is run by build-checker as a program of its own.
    input: { main: entry, inject: join(root, 'src', 'host', 'bundle', 'inject.ts') },
    platform: 'node',
    write: false,
    transform: {
      target: 'node20.19',
      define: { 'process.env.NODE_ENV': '"production"' },
      jsx: { runtime: 'automatic' },
    },
    plugins: [withoutNativeCode, withoutSubprograms],
    output: {
      dir: outdir,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name]-[hash].js',
      polyfillRequire: false,
      comments: { legal: false },
      codeSplitting: {
        groups: [
          { name: 'version', test: (id) => id === ownVersion, priority: 1 },
          { name: 'base', test: (id) => always.includes(id), includeDependenciesRecursively: true },
        ],
      },
    },
    checks: { ineffectiveDynamicImport: false },
    logLevel: 'warn',
  });
  const checker = await buildChecker();
  const page = await buildPage(root);
  const files = new Map(output.map(({ fileName, code }) => [fileName, code]));
  const made = new Map([...files].map(([name, text]) => [name, withBanners(name, text)]));
  made.set('page/history.js', page.script);
  made.set('page/history.css', page.style);
  made.set('build-info.json', `${JSON.stringify(buildInfo(), null, 2)}\n`);
  made.set(
    'THIRD_PARTY_LICENSES.txt',
    thirdPartyLicenses(
      root,
      [...output, checker, page].flatMap(({ moduleIds }) => moduleIds),
    ),
  );
  const entryText = made.get('main.js');
  made.delete('main.js');
  for (const [name, text] of made) writeIfChanged(join(outdir, name), text, 0o644);
  writeIfChanged(join(outdir, 'main.js'), entryText, 0o755);
  // make compares this one file's time with the sources'.
  utimesSync(join(outdir, 'main.js'), new Date(), new Date());
  const names = new Set(['main.js', ...made.keys()]);
  removeStale(names);
  writeIfChanged(
    join(outdir, manifestName),
    `${JSON.stringify({ schemaVersion: 1, files: [...names].sort() }, null, 2)}\n`,
    0o644,
  );
  const kib = [...files.values()].reduce((sum, text) => sum + text.length, 0) / 1024;
  console.log(
    `built dist/cli/main.js and ${files.size - 1} chunks, ${Math.round(kib)} KiB; dist/checker.cjs, ${checker.kib} KiB`,
  );
}

try {
  await main();
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
}
