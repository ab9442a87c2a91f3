import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareFrame } from '../../support/golden-frame.ts';
import { programTerminal } from '../../support/program-terminal.ts';
import { until } from '../../support/workbench.ts';

/**
 * No guest is needed for what it does to the terminal itself. bash: a shell with job control, which dash in a window of
 * tmux has too, but bash tells of jobs in fixed words.
 */
const { bench, screen, sees, settings, ours } = programTerminal({
  patienceMs: 20_000,
  shell: ['bash', '--norc', '--noediting'],
});
type End = () => unknown;

/** The screen when nothing is being drawn on it. */
const still = async (): Promise<string> => {
  let shown = screen().text();
  await until(
    'a screen that stands still',
    () => {
      const before = shown;
      shown = screen().text();
      return shown === before;
    },
    5000,
  );
  return shown;
};

const open = async (args = ''): Promise<void> => {
  screen().enter(`sysmonvm ${args}; echo "ended with $?"`);
  await sees('1 VM, 0 ready');
};

describe('the screen', () => {
  it('is opened by no argument at all; q gives the terminal back, with what stood on it', async () => {
    screen().enter('echo stood-here');
    const before = await settings('before');
    await open();
    expect(screen().text()).toContain('○ one');
    expect(screen().text()).not.toContain('stood-here');
    screen().press('q');
    await sees('ended with 0');
    expect(screen().text()).toContain('stood-here');
    expect(screen().text()).not.toContain('○ one');
    expect(await settings('after')).toBe(before);
  });

  it.each([
    ['Ctrl-C', 0, () => screen().press('C-c')],
    ['SIGTERM', 143, async () => process.kill(await ours(), 'SIGTERM')],
    ['SIGHUP', 129, async () => process.kill(await ours(), 'SIGHUP')],
    ['SIGINT', 130, async () => process.kill(await ours(), 'SIGINT')],
  ] as readonly (readonly [string, number, End])[])(
    '%s ends it with %i, and the terminal is as before',
    async (_, code, end) => {
      const before = await settings('before');
      await open('top');
      await end();
      await sees(`ended with ${code}`);
      expect(screen().text()).not.toContain('○ one');
      expect(await settings('after')).toBe(before);
      expect(await cursorIsShown()).toBe(true);
    },
  );

  it('keys that came together with q do nothing; what is typed when the screen is gone is for the shell', async () => {
    await open();
    screen().type('qDy');
    await until('the end', () => !screen().text().includes('○ one'), 10_000);
    screen().enter('echo typed-$((1 + 1))');
    await sees('typed-2');
    expect((await bench().run(['vm-list'])).stdout).toContain('one');
  });

  it('a crash gives the terminal back and shows the bug', async () => {
    const before = await settings('before');
    screen().enter(`NODE_OPTIONS="--import=${crashing()}" sysmonvm top; echo "ended with $?"`);
    await sees('the bug that was put in');
    await sees(/ended with [1-9]/);
    expect(await settings('after')).toBe(before);
    expect(await cursorIsShown()).toBe(true);
  });

  it.each([
    ['Ctrl-Z', () => screen().press('C-z')],
    ['kill -TSTP', async () => process.kill(await ours(), 'SIGTSTP')],
  ] as readonly (readonly [string, End])[])(
    '%s stops it with the terminal given back; fg brings the same screen again',
    async (_, stop) => {
      const before = await settings('before');
      await open('top');
      screen().press('2');
      await sees('CACHE');
      await stop();
      await sees('Stopped');
      expect(screen().text()).not.toContain('CACHE');
      expect(await cursorIsShown()).toBe(true);
      expect(await settings('between')).toBe(before);
      screen().enter('fg');
      await sees('CACHE');
      screen().press('1');
      await sees('○ one');
      screen().press('q');
      // bash has forgotten what stood behind the `;`.
      await until('the end', () => !screen().text().includes('○ one'), 10_000);
      expect(await settings('after')).toBe(before);
    },
  );

  it('has the findings of the doctor, and nothing that Node would warn of', async () => {
    await open();
    screen().press('4');
    await sees(/tool\.ssh +ok/);
    const text = screen().text();
    expect(text).toMatch(/^sysmonvm +1 VMs/);
    expect(text).not.toMatch(/warning/i);
    screen().press('/');
    screen().type('tool.ssh');
    screen().press('Enter');
    screen().press('Enter');
    await sees(/✓ look for tool\.ssh again .*ssh \d/);
    screen().press('q');
    await sees('ended with 0');
    expect(screen().text()).not.toMatch(/MaxListeners/);
  });

  it.each([60, 100, 200])('draws the same in a real terminal of %i columns, screen by screen', async (columns) => {
    screen().resize(columns, 30);
    screen().enter('sysmonvm; echo "ended with $?"');
    const pages = [
      { shows: /○ one +stopped/, name: 'list' },
      { key: 'Enter', shows: /It was never started/, name: 'vm' },
      { key: '?', shows: /Moving/, name: 'help' },
      { key: 'Escape', shows: /It was never started/, name: 'vm' },
      { key: '3', shows: /No template yet/, name: 'templates' },
      { key: 'n', shows: /sysmonvm up vm-1/, name: 'create' },
      { key: 'Escape', shows: /No template yet/, name: 'templates' },
    ];
    for (const { key, shows, name } of pages) {
      if (key !== undefined) screen().press(key);
      await sees(shows);
      // Its age is the one thing that moves.
      compareFrame(`terminal-${name}-${columns}`, (await still()).replace(/ +\d+[sm]$/gm, '  AGE'));
    }
    screen().press('q');
    await sees('ended with 0');
  });

  it('follows the size of the window', async () => {
    await open('top');
    await sees('LAST 5 MIN');
    screen().resize(60, 20);
    await until('fewer columns', () => /○ one/.test(screen().text()) && !/LAST 5 MIN/.test(screen().text()), 10_000);
    expect(
      Math.max(
        ...screen()
          .text()
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(60);
    screen().resize(200, 40);
    await sees('PRIVATE');
    screen().resize(30, 40);
    await sees('needs 40 columns');
    screen().resize(100, 30);
    await sees('○ one');
    screen().press('q');
    await sees('ended with 0');
  });

  it('what another process does is seen', async () => {
    await open('top');
    await bench().ok(['vm-create', 'two', '--image', 'tiny', '--memory', '256M']);
    await sees('○ two');
    await bench().ok(['vm-destroy', 'two', '--yes']);
    await until('two is gone', () => !screen().text().includes('○ two'), 3000);
    screen().press('q');
    await sees('ended with 0');
  });

  it('ASCII signs where the locale has no others', async () => {
    screen().enter('LANG=C LC_ALL=C sysmonvm top; echo "ended with $?"');
    await sees('o one');
    expect(screen().text()).toMatch(/^[\x20-\x7e\n]*$/);
    screen().press('q');
    await sees('ended with 0');
  });
});

describe('without a terminal', () => {
  it.each([[['top']], [['top', '--theme', 'light']]])('%j refuses, with the plain commands', async (args) => {
    const refused = await bench().run(args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('usage.terminal-needed');
    expect(refused.stderr).toContain('sysmonvm top --plain');
  });

  it('sysmonvm alone prints its help', async () => {
    expect((await bench().run([])).stdout).toContain('vm-start');
  });

  it('top --plain prints lines and ends with its signal', async () => {
    const child = bench().spawn(['top', '--plain']);
    let text = '';
    child.stdout?.on('data', (bytes) => {
      text += String(bytes);
    });
    await until('the VM', () => text.includes('one: stopped, '), 20_000);
    expect(text).toMatch(/^1 VM\.\n/);
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
  });
});

/** What the terminal was told last: tmux keeps it for every pane. */
async function cursorIsShown(): Promise<boolean> {
  return screen().format('#{cursor_flag}#{alternate_on}') === '10';
}

/** A module that makes the program throw out of a timer, where nobody catches. */
function crashing(): string {
  const file = join(bench().root, 'crash.mjs');
  execFileSync('sh', [
    '-c',
    `printf '%s' "setTimeout(() => { throw new Error('the bug that was put in'); }, 2500).unref();" > ${file}`,
  ]);
  return file;
}
