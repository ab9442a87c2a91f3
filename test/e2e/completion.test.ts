import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureProgram } from '../support/ensure-sshd.ts';
import { Screen } from '../support/screen.ts';
import { program, until, Workbench } from '../support/workbench.ts';

let bench: Workbench;
let screen: Screen | undefined;

const shells = {
  bash: { command: ['bash', '--norc', '--noprofile'], load: 'PS1="> "; source <(sysmonvm completion bash)' },
  zsh: {
    command: ['zsh', '-f'],
    load: 'PS1="> "; autoload -Uz compinit; compinit -D -u; source <(sysmonvm completion zsh)',
  },
  fish: {
    command: ['fish', '--no-config'],
    load: 'function fish_prompt; echo "> "; end; sysmonvm completion fish | source',
  },
} as const;

beforeAll(async () => {
  bench = await Workbench.make();
  const script = `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`;
  await writeFile(join(bench.root, 'sysmonvm'), script, { mode: 0o755 });
  await bench.ok(['vm-create', 'builder', '--image', 'tiny', '--memory', '256M']);
}, 300_000);
afterEach(() => {
  screen?.close();
  screen = undefined;
});
afterAll(() => bench.dispose());

const seen = (text: string): Promise<void> =>
  until(`"${text}" on the screen`, () => screen?.text().includes(text) === true).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${screen?.text()}`);
  });

describe.each(['bash', 'zsh', 'fish'] as const)('Tab in a real %s', (shell) => {
  it('completes commands, options, names of VMs, images and files; nothing that was typed is run', async () => {
    if (shell !== 'bash') ensureProgram(shell);
    const { command, load } = shells[shell];
    const env = { ...bench.env, PATH: `${bench.root}:${bench.env['PATH']}` };
    screen = new Screen({ env, cwd: bench.root, shell: command, columns: 120 });
    screen.enter(`${load}; echo loaded-"${shell}"`);
    await seen(`loaded-${shell}`);
    for (const [typed, completed] of [
      ['sysmonvm vm-sto', 'sysmonvm vm-stop'],
      ['sysmonvm vm-stop --time', 'sysmonvm vm-stop --timeout'],
      ['sysmonvm vm-stop b', 'sysmonvm vm-stop builder'],
      ['sysmonvm stop --timeout 5m b', 'sysmonvm stop --timeout 5m builder'],
      ['sysmonvm up --image ti', 'sysmonvm up --image tiny'],
      ['sysmonvm up --image=ti', 'sysmonvm up --image=tiny'],
      ['sysmonvm vm-port rem', 'sysmonvm vm-port remove'],
      ['sysmonvm explain guest.pan', 'sysmonvm explain guest.panic'],
      ['sysmonvm copy ./sysm', 'sysmonvm copy ./sysmonvm'],
      ['sysmonvm exec builder -- cat ./sysm', 'sysmonvm exec builder -- cat ./sysmonvm'],
    ] as const) {
      screen.press('C-u', 'C-l');
      screen.type(typed);
      screen.press('Tab');
      await seen(completed);
    }
    screen.press('C-u', 'C-l');
    screen.type('sysmonvm vm-stop $(touch was-run) b');
    screen.press('Tab', 'Tab', 'C-u');
    screen.enter('echo still-"here"');
    await seen('still-here');
    expect(existsSync(join(bench.root, 'was-run'))).toBe(false);
  });
});
