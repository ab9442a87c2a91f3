import mustache from 'mustache';
import { quoteYaml } from '../../core/cloud-init/to-yaml.ts';
import { templateText } from './template-text.ts';

/**
 * Renders a file of templates/. Values are written as quoted JSON text (mustache's own HTML escape would turn `&`
 * and quotes into entities); numbers and booleans stay as they are.
 */
export function renderTemplate(name: string, view: Readonly<Record<string, unknown>>): string {
  return mustache.render(templateText(name), view, undefined, { escape: quoted });
}

function quoted(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : quoteYaml(String(value));
}
