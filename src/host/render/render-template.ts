import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mustache from 'mustache';
import { quoteYaml } from '../../core/cloud-init/to-yaml.ts';

/**
 * Renders a file of templates/. Values are written as quoted JSON text (mustache's own HTML escape would turn `&`
 * and quotes into entities); numbers and booleans stay as they are.
 */
export function renderTemplate(name: string, view: Readonly<Record<string, unknown>>): string {
  return mustache.render(readFileSync(templatePath(name), 'utf8'), view, undefined, { escape: quoted });
}

function quoted(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : quoteYaml(String(value));
}

/** templates/ stands at the top of the package, from the sources as well as from a bundle. */
function templatePath(name: string): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let directory = start; ; directory = dirname(directory)) {
    const path = join(directory, 'templates', name);
    if (existsSync(path)) return path;
    if (directory === dirname(directory)) throw new Error(`templates/${name} is not in this installation`);
  }
}
