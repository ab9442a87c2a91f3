import { describe, expect, it } from 'vitest';
import type { CommandEntry } from '../../../src/cli/command-spec.ts';
import { top } from '../../../src/commands/top.ts';
import { cli } from '../../support/run-cli.ts';

/** In place of the screen, its name. */
const commands: readonly CommandEntry[] = [
  {
    name: 'top',
    load: async () => ({
      ...top,
      run: async ({ output, call }) => {
        output.text(`the screen (${typeof call.requestId})\n`);
        return 0;
      },
    }),
  },
];
const run = (argv: readonly string[], term = 'xterm', tty = true) => cli(argv, { commands, tty, env: { TERM: term } });

describe('a command line without a command', () => {
  it.each([
    [],
    ['--workspace', '/w'],
    ['--workspace', '/my VMs/of today', '--offline'],
    ['--no-color', '--workspace=/my VMs'],
  ])('opens the screen on a terminal: %j %j %j', async (...argv) => {
    expect((await run(argv)).stdout).toBe('the screen (string)\n');
  });

  it.each([[['--help']], [['--workspace']], [['--json']], [['-q']]])('does not with %j', async (argv) => {
    expect((await run(argv)).stdout).not.toContain('the screen');
  });

  it('prints help without a terminal, and on one that cannot be drawn on', async () => {
    for (const result of [await run([], 'xterm', false), await run([], 'dumb')]) {
      expect(result.stdout).toContain('Usage:');
      expect(result.stdout).not.toContain('the screen');
    }
  });
});
