#!/usr/bin/env node
/**
 * Runs shellcheck over every shell line of the project:
 *   files with a shell's shebang, or a name in .sh;
 *   string constants exported by src files named *-script.ts (scripts that run in a guest or beside QEMU);
 *   string literals after '-c' in argument lists of src;
 *   `run:` steps of the workflows and of the action.
 * A script put together from parts cannot be checked and is refused: pass the values as arguments.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { parse } from 'yaml';
import { $, glob } from 'zx';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const shebang = /^#!\s*(?:\/\S*\/)?(?:env\s+(?:-S\s+)?)?(?:busybox\s+)?(sh|ash|dash|bash)\b/;
/** shellcheck's own way to say it, in text that somebody else's shell reads. */
const directive = /^# shellcheck shell=(sh|dash|bash)\b/;
const busybox = /^#!\s*\S*busybox\s+sh\b/;

function dialectOf(text) {
  const name = (shebang.exec(text) ?? directive.exec(text))?.[1];
  if (name === undefined) return undefined;
  if (busybox.test(text) || name === 'ash') return 'busybox';
  return name;
}

const files = (patterns) =>
  glob(patterns, {
    cwd: root,
    gitignore: true,
    dot: true,
    ignore: ['node_modules/**', '.git/**', 'dist/**', '.tmp/**'],
  });
const read = (path) => readFileSync(join(root, path), 'utf8');

async function shellFiles() {
  const found = [];
  for (const path of (await files(['**/*'])).sort()) {
    const text = read(path);
    const dialect = dialectOf(text) ?? (path.endsWith('.sh') ? 'sh' : undefined);
    if (dialect !== undefined) found.push({ place: path, text, dialect });
  }
  return found;
}

const isRaw = (node) => ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'String.raw';

/** The text of a literal; undefined for anything that is only known when it runs. */
function literalText(node) {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (isRaw(node) && ts.isNoSubstitutionTemplateLiteral(node.template)) return node.template.rawText;
  return undefined;
}

const isTextLike = (node) => literalText(node) !== undefined || ts.isTemplateExpression(node) || isRaw(node);

function snippetsOf(path) {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  const found = [];
  const add = (node, name) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    const text = literalText(node);
    found.push({ place: `${path}:${line} ${name}`, text, dialect: dialectOf(text ?? '') ?? 'sh' });
  };
  if (path.endsWith('-script.ts')) {
    for (const statement of source.statements) {
      if (
        !ts.isVariableStatement(statement) ||
        !statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      )
        continue;
      for (const { name, initializer } of statement.declarationList.declarations) {
        if (initializer !== undefined && isTextLike(initializer)) add(initializer, name.getText());
      }
    }
  }
  const visit = (node) => {
    const list = ts.isArrayLiteralExpression(node) ? node.elements : ts.isCallExpression(node) ? node.arguments : [];
    list.forEach((element, index) => {
      const next = list[index + 1];
      const runsAShell =
        list.slice(0, index).some((word) => /^(?:.*\/)?(?:sh|bash|dash|ash)$/.test(literalText(word) ?? '')) ||
        isShellCall(node);
      if (literalText(element) === '-c' && next !== undefined && isTextLike(next) && runsAShell)
        add(next, "after '-c'");
    });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** run('sh', ['-c', …]): the array is an argument of a call whose first one is a shell. */
function isShellCall(node) {
  const call = node.parent;
  return (
    ts.isCallExpression(call) &&
    call.arguments[0] !== undefined &&
    /^(?:.*\/)?(?:sh|bash|dash|ash)$/.test(literalText(call.arguments[0]) ?? '')
  );
}

const jobsOf = ({ jobs, runs }) => jobs ?? { action: runs };

async function workflowSteps() {
  const paths = await files(['.github/workflows/*.yml', 'action.yml']);
  return paths.flatMap((path) =>
    Object.entries(jobsOf(parse(read(path)))).flatMap(([job, { steps }]) =>
      steps.flatMap(({ run, name }, index) =>
        run === undefined ? [] : [{ place: `${path} ${job}/${name ?? index + 1}`, text: run, dialect: 'bash' }],
      ),
    ),
  );
}

async function check({ place, text, dialect }) {
  if (text === undefined)
    return `${place}: put together when it runs, so nothing can check it; pass values as arguments ("$1")`;
  // A mustache value is a word to the shell.
  const words = text.replaceAll(/\{\{\{?[^}]*\}?\}\}/g, 'value');
  // busybox has no dialect of its own in older releases of shellcheck; dash with its local is the nearest.
  const shell = dialect === 'busybox' || dialect === 'ash' ? 'dash' : dialect;
  const result = await $({
    input: words,
    nothrow: true,
    quiet: true,
  })`shellcheck --norc --format=gcc --shell=${shell} -`;
  if (result.exitCode === 0) return undefined;
  return `${place}:\n${`${result.stdout}${result.stderr}`.replaceAll(/^-:/gm, '  line ').trimEnd()}`;
}

const snippets = (await files(['src/**/*.ts', 'src/**/*.tsx'])).sort().flatMap(snippetsOf);
const all = [...(await shellFiles()), ...snippets, ...(await workflowSteps())];
const problems = [];
for (const piece of all) {
  const problem = await check(piece);
  if (problem !== undefined) problems.push(problem);
}
if (process.argv.includes('--list')) for (const { place, dialect } of all) console.log(`${place} (${dialect})`);
for (const problem of problems) console.error(problem);
console.log(`shellcheck: ${all.length} pieces, ${problems.length} with findings`);
process.exitCode = problems.length === 0 ? 0 : 1;
