import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const projectRoot = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

export interface ImportStatement {
  readonly specifier: string;
  /** `import('…')`: loaded when it is needed, not when the file is. */
  readonly lazy: boolean;
  /** Path of a file of ours, from the project's root; undefined for packages and Node's own modules. */
  readonly target: string | undefined;
}

export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly ImportStatement[];
  readonly exportedNames: readonly string[];
  readonly hasDefaultExport: boolean;
  /** `process.exit`, `process.on`, `console.log` … as written, with their lines. */
  readonly globals: readonly { readonly name: string; readonly line: number }[];
}

export function listFiles(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

export const readTree = (folder: string): SourceFile[] =>
  listFiles(folder, /\.(ts|tsx)$/).map((path) => parseSource(path, readFileSync(join(projectRoot, path), 'utf8')));

export function parseSource(path: string, text: string): SourceFile {
  const kind = path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
  const imports: ImportStatement[] = [];
  const globals: { name: string; line: number }[] = [];
  const addImport = (node: ts.Node | undefined, lazy: boolean) => {
    if (node === undefined || !ts.isStringLiteralLike(node)) return;
    const specifier = node.text;
    const target = specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(path), specifier)) : undefined;
    imports.push({ specifier, lazy, target });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) addImport(node.moduleSpecifier, false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) addImport(node.argument.literal, false);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      addImport(node.arguments[0], true);
    else if (
      ts.isPropertyAccessExpression(node) &&
      ts.isIdentifier(node.expression) &&
      /^(process|console)$/.test(node.expression.text)
    ) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      globals.push({ name: `${node.expression.text}.${node.name.text}`, line });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports,
    exportedNames: source.statements.flatMap(exportedNames),
    hasDefaultExport: source.statements.some(
      (statement) => ts.isExportAssignment(statement) || hasModifier(statement, ts.SyntaxKind.DefaultKeyword),
    ),
    globals,
  };
}

function exportedNames(statement: ts.Statement): string[] {
  if (!hasModifier(statement, ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const name = (statement as ts.Statement & { readonly name?: ts.Node }).name;
  return name === undefined ? [] : [name.getText()];
}

function hasModifier(statement: ts.Statement, kind: ts.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(statement) && (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === kind)
  );
}
