import { isMapping } from './cloud-config.ts';

/**
 * YAML that YAML 1.1 (PyYAML, which cloud-init uses) and YAML 1.2 read alike: every text is quoted, so `yes`, `0644`
 * or `12:30` stay what they are.
 */
export function toYaml(value: unknown): string {
  return `${block(value, 0).replace(/^\n/, '')}\n`;
}

/** A JSON string is a YAML double-quoted scalar, once the characters that YAML does not take as they are are escaped. */
export function quoteYaml(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function block(value: unknown, depth: number): string {
  const indent = '  '.repeat(depth);
  if (Array.isArray(value) && value.length > 0) {
    return value.map((item) => `\n${indent}-${spaced(block(item, depth + 1))}`).join('');
  }
  if (isMapping(value) && Object.keys(value).length > 0) {
    return Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => `\n${indent}${keyText(key)}:${spaced(block(item, depth + 1))}`)
      .join('');
  }
  return scalar(value);
}

const spaced = (text: string): string => (text.startsWith('\n') ? text : ` ${text}`);

function scalar(value: unknown): string {
  if (typeof value === 'string') return quoteYaml(value);
  if (value instanceof Uint8Array)
    return `!!binary "${btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(''))}"`;
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  return JSON.stringify(value ?? null);
}

/** Words that YAML 1.1 reads as true, false or null; it may also take `e0` for a number, so a plain key starts with two letters. */
const reserved = /^(y|n|yes|no|on|off|true|false|null)$/i;

function keyText(key: string): string {
  return /^[A-Za-z]{2}[\w-]*$/.test(key) && !reserved.test(key) ? key : quoteYaml(key);
}
