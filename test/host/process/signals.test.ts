import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { bundleFixture } from '../../support/bundle-fixture.ts';

/** Starts the program and sends each signal when it has printed the text before it. */
async function interrupted(...steps: readonly (readonly [after: string, signal: NodeJS.Signals])[]) {
  const child = spawn(process.execPath, [await bundleFixture('signals.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const left = [...steps];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const [next] = left;
    if (next === undefined || !output.includes(next[0])) return;
    left.shift();
    child.kill(next[1]);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, output };
}

describe('signals', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s: what runs is undone, then exit code %i', async (signal, code) => {
    const ended = await interrupted(['waiting', signal]);
    expect(ended).toEqual({ code, signal: null, output: `waiting\nvm.interrupted ${signal}\ntidied\n` });
  });

  it('a second SIGINT ends at once with 130', async () => {
    const ended = await interrupted(['waiting', 'SIGINT'], ['vm.interrupted', 'SIGINT']);
    expect(ended).toMatchObject({ code: 130, signal: null });
    expect(ended.output).not.toContain('tidied');
  });

  it('SIGINT after SIGTERM too; a second SIGTERM changes nothing', async () => {
    expect(await interrupted(['waiting', 'SIGTERM'], ['vm.interrupted', 'SIGINT'])).toMatchObject({ code: 130 });
    const patient = await interrupted(['waiting', 'SIGTERM'], ['vm.interrupted', 'SIGTERM']);
    expect(patient).toMatchObject({ code: 143 });
    expect(patient.output).toContain('tidied');
  });
});
