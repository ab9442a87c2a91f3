#!/usr/bin/env node
// Writes docs/reference and schemas from the tables in src; `--check` only tells what is out of date.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundle = join(root, 'node_modules/.cache/sysmonvm/reference-pages.mjs');
await build({
  input: join(root, 'scripts/reference-pages.ts'),
  platform: 'node',
  external: /^[^./]/,
  output: { file: bundle, format: 'esm', codeSplitting: false },
  logLevel: 'warn',
});
const { referencePages } = await import(bundle);
const check = process.argv.includes('--check');
let stale = 0;
for (const [path, text] of Object.entries(await referencePages())) {
  const file = join(root, path);
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before === text) continue;
  stale += 1;
  console.log(`${check ? 'out of date' : 'wrote'}: ${path}`);
  if (check) continue;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
if (check && stale > 0) process.exitCode = 1;
