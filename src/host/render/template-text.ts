import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** templates/ stands at the top of the package, from the sources as well as from a bundle. */
export function templateText(name: string): string {
  for (let directory = dirname(fileURLToPath(import.meta.url)); ; directory = dirname(directory)) {
    const path = join(directory, 'templates', name);
    if (existsSync(path)) return readFileSync(path, 'utf8');
    if (directory === dirname(directory)) throw new Error(`templates/${name} is not in this installation`);
  }
}
