import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleFixture } from '../../support/bundle-fixture.ts';
import { Screen } from '../../support/screen.ts';
import { until } from '../../support/workbench.ts';

let screen: Screen;
let fixture: string;
const sees = (text: string) => until(`"${text}" on the screen`, () => screen.text().includes(text));
const settings = async (name: string): Promise<string> => {
  screen.enter(`stty -a > ${name}; echo saved-"${name}"`);
  await sees(`saved-${name}`);
  return readFileSync(join(dirname(fixture), name), 'utf8');
};
const run = async (way: string): Promise<void> => {
  screen.enter(`${process.execPath} ${fixture} ${way}; echo "ended with $?"`);
  await sees('drawing');
};

beforeEach(async () => {
  fixture = await bundleFixture('hide-typing.mjs');
  screen = new Screen({ env: { PATH: process.env['PATH'] ?? '', PS1: '$ ' }, cwd: dirname(fixture) });
});
afterEach(() => screen.close());

describe('hidden typing', () => {
  it.each([
    ['the end of the program', 'end', [], 7],
    ['a bug', 'throw', [], 1],
    ['Ctrl-C', 'wait', ['C-c'], 0],
    ['Ctrl-C twice', 'twice', ['C-c', 'C-c'], 130],
  ] as const)('is shown again after %s', async (_title, way, keys, code) => {
    const before = await settings('before');
    expect(before).toMatch(/ echo /);
    await run(way);
    for (const [index, key] of keys.entries()) {
      if (index > 0) await sees('ending slowly');
      screen.press(key);
    }
    await sees(`ended with ${code}`);
    expect(await settings('after')).toBe(before);
  });

  it('keeps what was typed for the shell, and shows none of it meanwhile', async () => {
    await run('wait');
    screen.enter('echo later-$((40 + 2))');
    const drawing = screen.text();
    process.kill(Number(/drawing as (\d+)/.exec(drawing)?.[1]), 'SIGTERM');
    await sees('later-42');
    expect(drawing).not.toContain('later');
    expect(screen.text()).toMatch(/drawing as \d+\nended with 0\n\$ later-42/);
  });

  it('is hidden again when a stopped program goes on', async () => {
    const before = await settings('before');
    await run('wait');
    screen.press('C-z');
    await until('the prompt', () => screen.text().endsWith('$'));
    screen.enter('stty echo; fg');
    await sees('continued');
    screen.type('unseen');
    screen.press('C-c');
    await until('the prompt', () => screen.text().endsWith('$'));
    expect(screen.text()).not.toContain('unseen');
    expect(await settings('after')).toBe(before);
  });

  it('leaves the terminal to the foreground when it runs in the background', async () => {
    const before = await settings('before');
    screen.enter(`${process.execPath} ${fixture} end & sleep 0.1`);
    await sees('drawing');
    expect(await settings('after')).toBe(before);
  });
});
