import type { Field } from './field.ts';
import { fieldEntries } from './fields.ts';
import { defaultText } from './option-declarations.ts';

const sectionWords: Readonly<Record<string, string>> = {
  image: 'Which bytes are booted. `sysmonvm fetch-image --help` names the ids.',
  hardware: 'Sizes take K, M, G, T; a bare memory number is MiB, a bare disk number GiB.',
  networking: 'Forwards listen on 127.0.0.1 only.',
  cloud_init: 'The account in the guest.',
  lifetime: 'Durations: 90s, 5m, 2h, 7d.',
};
const written = new Set(['vm_name', 'image.id']);

/**
 * The config.yaml that a new workspace gets: every key with its meaning and default, only name and image set, so that
 * what is left out still follows the host.
 */
export function seedConfigText(schemaReference = './config.schema.json'): string {
  const lines = [
    `# yaml-language-server: $schema=${schemaReference}`,
    '# Settings of the VMs in this workspace. Flags and SYSMONVM_… variables win over this file.',
    '# A line that is commented out shows an example and leaves the default in force.',
  ];
  let open = '';
  for (const [, field] of fieldEntries) {
    const [first = '', key] = field.yaml.split('.');
    if (key === undefined) {
      lines.push('', ...entry(field, first, ''));
      open = '';
      continue;
    }
    if (first !== open)
      lines.push('', ...(sectionWords[first] === undefined ? [] : [`# ${sectionWords[first]}`]), `${first}:`);
    open = first;
    lines.push(...entry(field, key, '  '));
  }
  return `${lines.join('\n')}\n`;
}

function entry(field: Field<unknown>, key: string, indent: string): string[] {
  const comment = `${indent}# ${field.description}. Default: ${defaultText(field)}.`;
  return [
    comment,
    written.has(field.yaml) ? `${indent}${key}: ${String(field.default)}` : `${indent}# ${key}: ${field.example}`,
  ];
}
