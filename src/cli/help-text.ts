import type { Command } from 'commander';
import { errorKinds } from '../core/errors/kinds.ts';
import { type CommandSpec, commandGroups, globalOptions } from './command-spec.ts';

type Row = readonly [string, string];
const labelWidth = 30;
const lineWidth = 100;

function wrap(text: string, indent: number): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && indent + last.length + word.length + 1 > lineWidth) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}

function rows(title: string, entries: readonly Row[]): string {
  if (entries.length === 0) return '';
  const lines = entries.map(([label, text]) => {
    const head = `  ${label.padEnd(labelWidth)}`;
    const gap = label.length > labelWidth ? `\n${' '.repeat(labelWidth + 2)}` : '';
    return `${head}${gap}${wrap(text, labelWidth + 2)}\n`;
  });
  return `\n${title}\n${lines.join('')}`;
}

export function usageLine(spec: CommandSpec): string {
  const words = (spec.arguments ?? []).map((argument) =>
    argument.required ? argument.name.toUpperCase() : `[${argument.name.toUpperCase()}]`,
  );
  const guest = { required: ['-- COMMAND…'], optional: ['[-- COMMAND…]'], none: [] }[spec.guestCommand ?? 'none'];
  return ['sysmonvm', spec.name, ...words, '[options]', ...guest].join(' ');
}

/** Exit codes of a command, in words. */
export function exitCodeRows(spec: CommandSpec): readonly Row[] {
  const own = Object.entries(spec.exitCodes ?? {}).map(([code, what]): Row => [code, what]);
  if (spec.guestExitCode) {
    return [
      ...own,
      ['the guest’s', 'exit code of the guest’s command, 128+N for signal N'],
      ['255', 'any failure of ours'],
    ];
  }
  const kinds = Object.values(errorKinds)
    .filter((kind) => kind.exitCode !== 1 && kind.exitCode < 8)
    .map((kind): Row => [String(kind.exitCode), kind.title.toLowerCase()]);
  return [
    ['0', 'done'],
    ...own,
    ...kinds,
    ['9', 'no such VM, name taken, or refused in this state'],
    ['130, 143', 'interrupted'],
  ];
}

export function commandHelp(spec: CommandSpec, command: Command): string {
  const globalFlags = new Set(globalOptions.map((option) => option.flags));
  const own = command.options.filter((option) => !globalFlags.has(option.flags));
  const choices = (list: readonly string[] | undefined) => (list === undefined ? '' : ` (one of ${list.join(', ')})`);
  const args = (spec.arguments ?? []).map((argument): Row => [argument.name.toUpperCase(), argument.description]);
  const examples = spec.examples.map((example) => `  # ${example.what}\n  ${example.command}\n`).join('');
  return [
    `${spec.summary}\n`,
    spec.description === undefined ? '' : `\n${wrap(spec.description, 0)}\n`,
    `\nUsage: ${usageLine(spec)}\n`,
    rows('Arguments', args),
    rows(
      'Options',
      own.map((option): Row => [option.flags, `${option.description}${choices(option.argChoices)}`]),
    ),
    rows('Options of every command', [
      ...globalOptions.map((o): Row => [o.flags, o.description]),
      ['-h, --help', 'this text'],
    ]),
    `\nExamples\n${examples}`,
    rows('Exit codes', exitCodeRows(spec)),
  ].join('');
}

export function rootHelp(specs: readonly CommandSpec[]): string {
  const groups = Object.entries(commandGroups).map(([group, title]) =>
    rows(
      title,
      specs.filter((spec) => spec.group === group).map((spec): Row => [spec.name, spec.summary]),
    ),
  );
  return [
    'sysmonvm - real, verified, measured Linux VMs, removed without a trace\n',
    '\nUsage: sysmonvm COMMAND [options]\n',
    ...groups,
    rows('Options of every command', [
      ...globalOptions.map((option): Row => [option.flags, option.description]),
      ['-V, --version', 'print the version'],
      ['-h, --help', 'this text; with a command, its own'],
    ]),
    '\nFirst steps\n  sysmonvm host-setup\n  sysmonvm up --image debian-12\n  sysmonvm ssh\n  sysmonvm vm-destroy\n',
  ].join('');
}
