/** The layout of ARCHITECTURE.md as data, and the checks that hold src to it. Each check returns what breaks it. */
import { isBuiltin } from 'node:module';
import type { ImportStatement, SourceFile } from './source-tree.ts';

interface Layer {
  readonly mayImport: readonly string[];
  /** Allowed by `import('…')` only: screens are not loaded by commands that draw none. */
  readonly lazily?: readonly string[];
  readonly nodeModules: boolean;
}

/** The key is a path below src; the longest that fits wins. */
export const layers: Readonly<Record<string, Layer>> = {
  core: { mayImport: ['core'], nodeModules: false },
  app: { mayImport: ['app', 'core'], nodeModules: false },
  host: { mayImport: ['host', 'core'], nodeModules: true },
  checker: { mayImport: ['checker', 'core', 'host/process', 'host/proc'], nodeModules: true },
  page: { mayImport: ['page', 'core'], nodeModules: false },
  ink: { mayImport: ['ink', 'core'], nodeModules: false },
  cli: { mayImport: ['cli', 'core'], lazily: ['ink'], nodeModules: true },
  tui: { mayImport: ['tui', 'ink', 'core'], nodeModules: true },
  commands: { mayImport: ['commands', 'cli', 'core'], lazily: ['tui'], nodeModules: true },
  'compose.ts': { mayImport: ['app', 'host', 'cli', 'core'], nodeModules: true },
  'command-line.ts': { mayImport: ['cli', 'commands', 'core', 'compose.ts', 'host/process'], nodeModules: true },
  'main.ts': {
    mayImport: ['cli', 'command-line.ts'],
    lazily: ['command-line.ts'],
    nodeModules: true,
  },
};

/** One package, one home: what else wants it goes through the interface of that folder. */
export const packageOwners: Readonly<Record<string, readonly string[]>> = {
  zod: ['core'],
  commander: ['cli', 'commands'],
  '@bomb.sh/tab': ['cli'],
  execa: ['host/process'],
  openpgp: ['host/images'],
  undici: ['host/images'],
  ssh2: ['host/ssh'],
  mustache: ['host/render'],
  yaml: ['host/store'],
  'get-port': ['host/leases'],
  ink: ['ink', 'tui'],
  react: ['ink', 'tui'],
  'string-width': ['tui'],
  '@grpc/grpc-js': ['checker/export', 'host/checker-client'],
  '@grpc/proto-loader': ['checker/export', 'host/checker-client'],
  '@opentelemetry/api': ['checker/export'],
  '@opentelemetry/resources': ['checker/export'],
  '@opentelemetry/sdk-metrics': ['checker/export'],
  '@opentelemetry/exporter-metrics-otlp-grpc': ['checker/export'],
  '@opentelemetry/exporter-metrics-otlp-proto': ['checker/export'],
  '@opentelemetry/exporter-prometheus': ['checker/export'],
  '@peculiar/x509': ['host/tls'],
  postject: ['host/bundle'],
  plist: ['checker/sources'],
  'simple-statistics': ['core/measure'],
  'pure-rand': ['core/measure'],
  uplot: ['page'],
};

const forbiddenWord = /^(utils?|helpers?|common|managers?)$/i;
/** apt, dnf, brew: the world's own word for them. */
const termOfArt = /package-?manager/gi;
/** The one home of each thing that reaches past its own module. */
const globalHomes: readonly { readonly name: RegExp; readonly homes: readonly string[] }[] = [
  {
    name: /^process\.(exit|abort|on|once|addListener|prependListener)$/,
    homes: ['src/host/process/signals.ts', 'src/main.ts'],
  },
  { name: /^console\./, homes: ['src/main.ts', 'src/cli/'] },
];

const isWithin = (path: string, folder: string) => path === `src/${folder}` || path.startsWith(`src/${folder}/`);
const isWithinAny = (path: string, folders: readonly string[]) => folders.some((folder) => isWithin(path, folder));

const layerOf = (path: string) => Object.entries(layers).find(([folder]) => isWithin(path, folder));

/** `@scope/name/part` → `@scope/name` */
const packageName = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

export const layerViolations = (file: SourceFile): string[] => {
  const found = layerOf(file.path);
  if (found === undefined) return [`${file.path}: no layer of the table in ARCHITECTURE.md holds this file`];
  const [name, layer] = found;
  return file.imports.flatMap((statement) => {
    const problem = importProblem(file, layer, statement);
    return problem === undefined ? [] : [`${file.path}: ${name} ${problem}`];
  });
};

function importProblem(
  file: SourceFile,
  layer: Layer,
  { specifier, target, lazy }: ImportStatement,
): string | undefined {
  if (target !== undefined) {
    // Data of the project (the lock file of images, package.json) is not a room.
    if (!target.startsWith('src/'))
      return /\.(json|ya?ml)$/.test(target) ? undefined : `imports ${target}, which is not part of the product`;
    if (isWithinAny(target, layer.mayImport)) return undefined;
    if (isWithinAny(target, layer.lazily ?? [])) return lazy ? undefined : `imports ${target}, allowed only lazily`;
    return `may not import ${target}`;
  }
  if (isBuiltin(specifier)) return layer.nodeModules ? undefined : `does no I/O but imports ${specifier}`;
  const owners = packageOwners[packageName(specifier)];
  if (owners === undefined) return `imports the package ${packageName(specifier)}, which has no owner in the table`;
  return isWithinAny(file.path, owners)
    ? undefined
    : `imports ${packageName(specifier)}, whose home is ${owners.join(' and ')}`;
}

export const missingFiles = (files: readonly SourceFile[], exists: (path: string) => boolean): string[] =>
  files.flatMap(({ path, imports }) =>
    imports.flatMap(({ target }) =>
      target === undefined || exists(target) ? [] : [`${path}: imports ${target}, which does not exist`],
    ),
  );

export const globalViolations = (file: SourceFile): string[] =>
  file.globals.flatMap(({ name, line }) => {
    const rule = globalHomes.find((entry) => entry.name.test(name));
    if (
      rule === undefined ||
      rule.homes.some((home) => file.path === home || (home.endsWith('/') && file.path.startsWith(home)))
    )
      return [];
    return [`${file.path}:${line}: ${name} belongs to ${rule.homes.join(' and ')}`];
  });

/** Words of kebab-case paths and of camelCase exports. */
export const nameViolations = ({ path, exportedNames }: SourceFile): string[] => [
  ...path
    .replace(/\.[^/]*$/, '')
    .replace(termOfArt, '')
    .split(/[/-]/)
    .filter((word) => forbiddenWord.test(word))
    .map((word) => `${path}: "${word}" says nothing about what is inside`),
  ...(/^[a-z0-9./-]+$/.test(path) ? [] : [`${path}: not kebab-case`]),
  ...exportedNames
    .filter((name) =>
      name
        .replace(termOfArt, '')
        .split(/(?=[A-Z])|_/)
        .some((word) => forbiddenWord.test(word)),
    )
    .map((name) => `${path}: exports ${name}, a name with a word that says nothing`),
];

/** Each cycle once, as the path around it. */
export function importCycles(files: readonly SourceFile[]): string[] {
  const targets = new Map(
    files.map(({ path, imports }) => [path, imports.flatMap(({ target }) => (target === undefined ? [] : [target]))]),
  );
  const finished = new Set<string>();
  const trail: string[] = [];
  const cycles: string[] = [];
  const walk = (path: string): void => {
    const seenAt = trail.indexOf(path);
    if (seenAt >= 0) cycles.push([...trail.slice(seenAt), path].join(' → '));
    if (seenAt >= 0 || finished.has(path)) return;
    trail.push(path);
    for (const target of targets.get(path) ?? []) walk(target);
    trail.pop();
    finished.add(path);
  };
  for (const { path } of files) walk(path);
  return cycles;
}

export function unreachable(files: readonly SourceFile[], entries: readonly string[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const open = [...entries];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const { target } of byPath.get(path)?.imports ?? []) if (target !== undefined) open.push(target);
  }
  return files.map(({ path }) => path).filter((path) => !reached.has(path));
}

export function sizes(files: readonly SourceFile[]): { median: number; p90: number; largest: number } {
  const sorted = files.map(({ lines }) => lines).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), p90: at(0.9), largest: sorted.at(-1) ?? 0 };
}
