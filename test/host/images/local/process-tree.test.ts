import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { killTreeWorkingIn } from '../../../../src/host/images/local/process-tree.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { until } from '../../../support/workbench.ts';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A program with others below it, one of them in a session of its own; resolves when all of them run. */
async function tree(script: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn('sh', ['-c', script, ...args], {
    env: { PATH: '/usr/bin:/bin', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

async function running(word: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
    const state = (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).split(') ')[1]?.[0];
    if (command.includes(word) && state !== 'Z') found.push(command);
  }
  return found;
}

describe('the tree of a cancelled build', () => {
  it('ends with all that is below it; who only names the directory, or was given it by others, lives on', async () => {
    const path = await temporaryDirectory();
    const seconds = `${process.pid}00`;
    const build = await tree(
      `sleep ${seconds}1 & setsid sh -c "sleep ${seconds}2 & sleep ${seconds}3 & wait" & sleep 0.2; echo up; wait`,
      [],
      { TMPDIR: path },
    );
    const naming = await tree(`echo up; sleep ${seconds}4; :`, [path], {});
    const grandchild = await tree(`TMPDIR="$0" sleep ${seconds}5 & echo up; wait`, [path], {});
    // A shell that has not forked yet names its sleepers too.
    const sleepers = async () => (await running(`sleep ${seconds}`)).filter((command) => command.startsWith('sleep'));
    await until('all five sleep', async () => (await sleepers()).length === 5);
    expect((await running(seconds)).length).toBeGreaterThanOrEqual(7);
    const ended = once(build, 'exit');
    await killTreeWorkingIn(path);
    expect((await ended)[1]).toBe('SIGKILL');
    // Whoever was killed is still there until it gets a processor.
    await until('three of five are gone', async () => (await sleepers()).length <= 2);
    expect((await sleepers()).map((command) => command.trim().at(-1)).sort()).toEqual(['4', '5']);
    expect([naming.exitCode, naming.signalCode, grandchild.exitCode, grandchild.signalCode]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    for (const child of [naming, grandchild]) await killSleepers(child);
  });

  it('and nothing happens when there is none', async () => {
    await killTreeWorkingIn(await temporaryDirectory());
  });
});

/** The shells' own children would outlive them. */
async function killSleepers(shell: ChildProcess): Promise<void> {
  const below = await readFile(`/proc/${shell.pid}/task/${shell.pid}/children`, 'utf8');
  for (const pid of below.trim().split(/\s+/)) process.kill(Number(pid), 'SIGKILL');
}
