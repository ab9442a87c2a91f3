import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordCast } from '../support/record-cast.ts';
import { Screen } from '../support/screen.ts';
import { program, until, Workbench } from '../support/workbench.ts';

/**
 * A person's way through the terminal UI on a real guest: each step goes on from the one before.
 * SYSMONVM_RECORD_TOUR=FILE keeps what the terminal was sent, in the format of asciinema.
 */
let bench: Workbench;
let screen: Screen;
let recording: ReturnType<typeof recordCast> | undefined;

const sees = (what: string | RegExp, timeoutMs = 40_000) =>
  until(`${what} on the screen`, () => screen.text().search(what) >= 0, timeoutMs).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${screen.text()}`);
  });

beforeAll(async () => {
  bench = await Workbench.make();
  await bench.ok(['fetch-image', '--image', 'tiny']);
  const script = `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`;
  await writeFile(join(bench.root, 'sysmonvm'), script, { mode: 0o755 });
  const env = { ...bench.env, PATH: `${bench.root}:${bench.env['PATH']}`, PS1: '$ ' };
  const colours = Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'NO_COLOR'));
  screen = new Screen({ env: colours, cwd: bench.root, columns: 100, rows: 30 });
  const file = process.env['SYSMONVM_RECORD_TOUR'];
  if (file !== undefined) recording = recordCast(screen, file, { columns: 100, rows: 30, title: 'sysmonvm top' });
}, 300_000);
afterAll(async () => {
  await recording?.end();
  screen.close();
  await bench.dispose();
});

describe('a tour of the terminal UI', () => {
  it('begins with an empty list that says what to do', async () => {
    screen.enter('sysmonvm');
    await sees('No VM yet');
  });

  it('makes a VM by the form, which shows the same as a command', async () => {
    screen.press('n');
    await sees('Create a VM');
    screen.press('C-u');
    screen.type('tour');
    screen.press('Tab');
    await sees(/▸ image +as configured +left and right choose/);
    screen.type('t');
    await sees(/image +tiny /);
    screen.press('Tab');
    screen.type('1');
    screen.press('Tab');
    screen.type('512M');
    await sees('in a shell: sysmonvm up tour --cpus 1 --memory 512M --image tiny');
    screen.press('Enter');
    await sees(/tour +(preparing|stopped|starting|booting|ready)/);
  });

  it('shows the boot grow stage by stage', async () => {
    screen.press('Enter');
    await sees(/under way for|ready after/);
    await sees('seen by the host');
    await sees('● tour');
    expect(screen.text()).toMatch(/^ready after [\d.]+s/m);
    expect(screen.text()).toMatch(/kernel .*█/);
  });

  it('shows its console, searches it, and what the plan chose', async () => {
    for (let tab = 0; tab < 3; tab += 1) screen.press('Tab');
    await sees('following, ');
    screen.press('/');
    screen.type('linux version');
    screen.press('Enter');
    await sees(/searched: linux version/);
    await sees('Linux version');
    for (let tab = 0; tab < 3; tab += 1) screen.press('Tab');
    await sees(/accelerator +tcg/);
    screen.press('Escape');
    await sees(/● tour +ready/);
  });

  it('runs a command of the guest on the whole terminal and comes back', async () => {
    screen.press('x');
    screen.type('echo guest says $((40+2))');
    screen.press('Enter');
    await sees('guest says 42');
    await sees('Enter goes back');
    screen.press('Enter');
    await sees('exit code 0');
    await sees(/● tour +ready/);
  });

  it('freezes it as a template, and forks that', async () => {
    screen.press('f');
    await sees('freeze it as a template first');
    screen.press('Enter');
    await sees('template tour: f forks it now');
    await sees(/● tour +ready/);
    screen.press('f');
    await sees('Fork of tour');
    screen.press('Enter');
    await sees(/● tour-1 +ready/);
  });

  it('explains a guest that was broken: the panic stands there with its console', async () => {
    screen.press('/');
    screen.type('tour-1');
    screen.press('Enter');
    await until('one row', () => !/● tour +ready/.test(screen.text()), 10_000);
    screen.press('x');
    screen.type('sudo sh -c \'(trap "" HUP; sleep 1; echo c >/proc/sysrq-trigger) >/dev/null 2>&1 </dev/null &\'');
    screen.press('Enter');
    await sees('Enter goes back');
    screen.press('Enter');
    await sees(/tour-1 .*kernel panic/);
    screen.press('Enter');
    await sees('Kernel panic - not syncing: sysrq');
    screen.press('Escape');
    screen.press('Escape');
  });

  it('destroys both, after it asked, and their template', async () => {
    await sees(/tour +ready/);
    screen.press('a', 'D');
    await sees('Destroy 2 VMs\\?');
    screen.press('y');
    await sees('No VM yet');
    screen.press('3');
    await sees(/tour +can be forked/);
    screen.press('D');
    await sees('Destroy template tour\\?');
    screen.press('y');
    await sees('No template yet');
    await sees('✓ destroy template tour');
  });

  it('leaves nothing behind but the shell', async () => {
    screen.press('q');
    await until('the shell again', () => screen.text().endsWith('$'), 20_000);
    const left = await bench.leftovers();
    expect(left.filter((what) => !what.includes('tmux -S'))).toEqual([]);
  });
});
