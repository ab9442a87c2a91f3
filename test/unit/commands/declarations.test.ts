import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../../src/cli/build-program.ts';
import { globalOptions } from '../../../src/cli/command-spec.ts';
import { findCommand, splitAtDashes } from '../../../src/cli/find-command.ts';
import { allCommands } from '../../../src/commands/all-commands.ts';
import { documentSchemas } from '../../../src/core/wire/documents.ts';
import { cli } from '../../support/run-cli.ts';

const specs = await Promise.all(allCommands.map(async (entry) => ({ entry, spec: await entry.load() })));

const ofIssue2 = [
  'host-setup',
  'doctor',
  'fetch-image',
  'config show',
  'config validate',
  'config schema',
  'vm-create',
  'vm-start',
  'vm-wait',
  'vm-stop',
  'vm-restart',
  'vm-set',
  'vm-port add',
  'vm-port list',
  'vm-port remove',
  'vm-status',
  'vm-list',
  'watch',
  'vm-logs',
  'vm-console',
  'vm-destroy',
  'vm-gc',
  'df',
  'ssh',
  'exec',
  'copy',
  'ssh-config',
  'up',
  'down',
  'run',
  'plan',
  'uninstall',
  'version',
  'explain',
  'completion',
];

const ofIssue3 = [
  'image list',
  'image show',
  'image pull',
  'image build',
  'image verify',
  'image update',
  'image add',
  'image remove',
  'image key add',
  'image key list',
  'image key remove',
  'image prune',
  'image export',
  'image import',
];

const ofIssue4 = [
  'template create',
  'template list',
  'template show',
  'template verify',
  'template destroy',
  'pool create',
  'pool list',
  'pool refill',
  'pool destroy',
  'fork',
  'vm-pause',
  'vm-resume',
  'vm-suspend',
  'vm-snapshot create',
  'vm-snapshot list',
  'vm-snapshot restore',
  'vm-snapshot delete',
];

const ofIssue5 = [
  ...['vm-bootstrap', 'build-checker', 'vm-install', 'vm-probe', 'collector-config'],
  ...['host-install', 'host-uninstall', 'host-package'],
];

const ofIssue7 = ['top'];

const ofIssue6 = [
  'bench boot',
  'bench merge',
  'bench summarize',
  'bench verify-boot',
  'bench ab',
  'bench compare',
  'bench gate',
  'bench baseline set',
  'bench baseline list',
  'bench baseline show',
  'bench run',
  'bench report',
  'bench history',
];

describe('declarations', () => {
  it('are there for every command of the work order [issue 2] [issue 3] [issue 4] [issue 5] [issue 6] [issue 7]', () => {
    expect(specs.map(({ spec }) => spec.name).sort()).toEqual(
      [...ofIssue2, ...ofIssue3, ...ofIssue4, ...ofIssue5, ...ofIssue6, ...ofIssue7].sort(),
    );
  });
  it.each(specs.map(({ entry, spec }) => [entry.name, spec] as const))('%s is complete', async (name, spec) => {
    expect(spec.name).toBe(name);
    expect(spec.examples.length).toBeGreaterThanOrEqual(2);
    expect(spec.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(Object.keys(documentSchemas)).toContain(spec.document);
    const flags = [...(await optionsOf(spec)), ...globalOptions].map((option) => option.flags.replace(/ <.*/, ''));
    const words = flags.flatMap((flag) => flag.split(', '));
    expect(new Set(words).size).toBe(words.length);
  });
  const examples = specs.flatMap(({ spec }) => spec.examples.map((example) => [example.command] as const));
  it.each(examples)('the example `%s` is understood', async (command) => {
    const lines = command.split('&&').map((part) => part.trim());
    for (const line of lines.filter((part) => /^(SYSMONVM_\w+=\S+ )?sysmonvm /.test(part))) {
      const words =
        line
          .replace(/^SYSMONVM_\w+=\S+ /, '')
          .replace(/ [|>].*$/, '')
          .match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
      const { own } = splitAtDashes(words.slice(1));
      const found = findCommand(allCommands, own);
      expect(found, line).toBeDefined();
      // With --help at its end a line is parsed and nothing is run; an option that does not exist would be told.
      const spec = await found?.entry.load();
      const known = new Set(
        [...(spec === undefined ? [] : await optionsOf(spec)), ...globalOptions].flatMap((option) =>
          option.flags.replace(/ <.*/, '').split(', '),
        ),
      );
      for (const word of own.filter((part) => part.startsWith('-'))) expect(known, line).toContain(word);
    }
  });
  it.each(specs.map(({ spec }) => [spec.name, spec] as const))(
    '%s shows its examples and exit codes in help',
    async (name, spec) => {
      const { stdout, code } = await cli([...name.split(' '), '--help']);
      expect(code).toBe(0);
      for (const example of spec.examples) expect(stdout).toContain(example.command);
      expect(stdout).toContain('Exit codes');
      for (const option of globalOptions) expect(stdout).toContain(option.flags);
    },
  );
});
