import { SysmonvmError } from '../core/errors/sysmonvm-error.ts';
import { printable } from '../core/view/printable.ts';
import { paint, type Terminal } from './terminal.ts';

const evidence: readonly (readonly [key: string, title: string])[] = [
  ['errors', 'errors'],
  ['log', 'log'],
  ['stderr', 'words of the program'],
  ['lastLines', 'last lines'],
  ['consoleTail', 'end of the console'],
  ['qemuTail', 'words of QEMU'],
];
const facts: readonly (readonly [key: string, title: string])[] = [
  ['stage', 'stage reached'],
  ['lastAnswer', 'last answer'],
];

function placeOf(details: Readonly<Record<string, unknown>>): string {
  const { file, line, field } = details;
  if (typeof file !== 'string') return '';
  const where = typeof line === 'number' ? `${file}:${line}` : file;
  return `  at ${where}${typeof field === 'string' ? `, ${field}` : ''}\n`;
}

function linesOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' && value !== '' ? value.trimEnd().split('\n') : [];
}

/** Code, message, place, evidence, next steps: what a person needs to go on, in this order. */
export function errorText(error: unknown, terminal: Terminal, verbose: boolean): string {
  if (!(error instanceof SysmonvmError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${paint(terminal, 'red', 'bug')} in sysmonvm; please report it with these lines:\n${stack}\n`;
  }
  const { details } = error;
  const head = `${paint(terminal, 'red', `error[${error.code}]`)} ${error.message}\n`;
  const known = facts
    .filter(([key]) => typeof details[key] === 'string')
    .map(([key, title]) => `  ${title}: ${String(details[key])}\n`)
    .join('');
  const shown = evidence
    .map(([key, title]) => ({ title, lines: linesOf(details[key]) }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) => `  ${title}:\n${lines.map((line) => `    ${printable(line)}\n`).join('')}`)
    .join('');
  const next = error.next.length === 0 ? '' : `  next:\n${error.next.map((step) => `    ${step}\n`).join('')}`;
  const stack = verbose ? `${causes(error)}` : '';
  return `${head}${placeOf(details)}${known}${shown}${next}${stack}`;
}

function causes(error: Error): string {
  const own = `${error.stack ?? error.message}\n`;
  return error.cause instanceof Error ? `${own}caused by ${causes(error.cause)}` : own;
}
