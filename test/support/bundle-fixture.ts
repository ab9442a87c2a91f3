import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { afterAll } from 'vitest';

const made: string[] = [];
/** What packages written for CommonJS expect to find. */
const commonJsNames = `const __filename = import.meta.filename, __dirname = import.meta.dirname;`;

/** A program of test/fixtures that imports from src, as one file that a child process of plain Node can run. */
export async function bundleFixture(name: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sm-fixture-'));
  made.push(directory);
  const outfile = join(directory, name);
  await build({
    input: fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url)),
    platform: 'node',
    external: /\.node$|^cpu-features$/,
    output: { file: outfile, format: 'esm', codeSplitting: false, banner: commonJsNames },
    logLevel: 'silent',
  });
  return outfile;
}

afterAll(async () => {
  for (const path of made.splice(0)) await rm(path, { recursive: true, force: true });
});
