import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PageAssets } from '../../core/ports/page-assets.ts';

/** They are made by the build, also when the sources themselves run. */
export function pageAssets(): PageAssets {
  for (let directory = dirname(fileURLToPath(import.meta.url)); ; directory = dirname(directory)) {
    const folder = join(directory, 'dist', 'cli', 'page');
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    if (existsSync(join(folder, 'history.js'))) return { script: read('history.js'), style: read('history.css') };
    if (directory === dirname(directory)) throw new Error('dist/cli/page is not in this installation');
  }
}
