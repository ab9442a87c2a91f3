import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { Screen } from './screen.ts';
import { program, until, Workbench } from './workbench.ts';

/**
 * For the tests of one file: the whole program as `sysmonvm` on a real terminal, each test with a new shell, and one VM
 * that is stopped.
 */
export function programTerminal(options: { readonly patienceMs: number; readonly shell?: readonly string[] }) {
  let bench: Workbench;
  let screen: Screen;

  beforeAll(async () => {
    bench = await Workbench.make();
    const script = `#!/bin/sh\nexec ${process.execPath} ${program} --workspace ${bench.workspace} "$@"\n`;
    await writeFile(join(bench.root, 'sysmonvm'), script, { mode: 0o755 });
    await bench.ok(['vm-create', 'one', '--image', 'tiny', '--memory', '256M']);
  }, 300_000);
  afterAll(() => bench.dispose());

  beforeEach(() => {
    const env = { ...bench.env, PATH: `${bench.root}:${bench.env['PATH']}`, PS1: '$ ' };
    const { shell } = options;
    screen = new Screen({ env, cwd: bench.root, ...(shell === undefined ? {} : { shell }) });
  });
  afterEach(() => screen.close());

  const sees = (what: string | RegExp) =>
    until(`${what} on the screen`, () => screen.text().search(what) >= 0, options.patienceMs).catch(
      (error: unknown) => {
        throw new Error(`${String(error)}\n${screen.text()}`);
      },
    );

  return {
    bench: () => bench,
    screen: () => screen,
    sees,
    /** Everything that `stty` knows, but the size of the window. */
    settings: async (name: string): Promise<string> => {
      screen.enter(`stty -a > ${name}; echo saved-"${name}"`);
      await sees(`saved-${name}`);
      return (await readFile(join(bench.root, name), 'utf8')).replace(/rows \d+; columns \d+;/, '');
    },
    /** The one process of ours. */
    ours: async (): Promise<number> => {
      const found = (await bench.processes()).filter(({ command }) => command.includes('main.js'));
      expect(found).toHaveLength(1);
      return found[0]?.pid ?? 0;
    },
  };
}
