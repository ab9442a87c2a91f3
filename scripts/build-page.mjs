/**
 * Bundles src/page into one script, and takes the style of the charts as it is. Both go into the pages that
 * `bench history --export` writes, with the license of what is in them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';

/** @param {string} root */
export async function buildPage(root) {
  const { output } = await build({
    cwd: root,
    input: join(root, 'src', 'page', 'main.ts'),
    platform: 'browser',
    write: false,
    transform: { target: 'es2022' },
    output: { format: 'iife', codeSplitting: false, comments: { legal: false }, minify: true },
    logLevel: 'warn',
  });
  const [{ code, moduleIds }] = output;
  const uplot = join(root, 'node_modules', 'uplot');
  const license = `/*! uPlot\n${readFileSync(join(uplot, 'LICENSE'), 'utf8').trim()}\n*/\n`;
  return {
    // Within a page this would be the end of the script.
    script: license + code.replaceAll('</script', '<\\/script'),
    style: readFileSync(join(uplot, 'dist', 'uPlot.min.css'), 'utf8'),
    moduleIds,
  };
}
