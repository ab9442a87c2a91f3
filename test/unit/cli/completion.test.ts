import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { completionScript } from '../../../src/cli/completion/script.ts';
import { cli } from '../../support/run-cli.ts';
import { readyVm } from '../../support/snapshots.ts';

const options = {
  engine: { list: async () => [readyVm(), readyVm({ name: 'bench' }), readyVm({ name: 'ci' })] },
  composition: {
    imageChoices: async () => [
      { id: 'debian-12', arch: 'x86_64' as const, kind: 'local' },
      { id: 'debian-12', arch: 'aarch64' as const, kind: 'local' },
      { id: 'tiny', arch: 'x86_64' as const, kind: 'local' },
    ],
  },
};
const complete = async (...words: string[]) => {
  const lines = (await cli(['complete', '--', ...words], options)).stdout.trimEnd().split('\n');
  return { values: lines.slice(0, -1).map((line) => line.split('\t')[0]), directive: lines.at(-1) };
};

describe('completion', () => {
  it('offers commands', async () => {
    expect((await complete('vm-st')).values).toEqual(['vm-start', 'vm-stop', 'vm-status']);
    expect((await complete('vm-port', '')).values).toEqual(['add', 'list', 'remove']);
    expect((await cli(['complete', '--', 'vm-por'], options)).stdout).toBe('vm-port\tadd, list, remove\n:4\n');
  });
  it('offers names of VMs, also behind an alias and options', async () => {
    expect(await complete('vm-start', 'b')).toEqual({ values: ['build', 'bench'], directive: ':4' });
    expect((await complete('stop', '')).values).toEqual(['build', 'bench', 'ci']);
    expect((await complete('vm-stop', '--timeout', '5m', 'c')).values).toEqual(['ci']);
    expect((await complete('vm-port', 'add', '80', 'be')).values).toEqual(['bench']);
  });
  it('offers images, choices and codes', async () => {
    expect((await complete('vm-create', '--image', '')).values).toEqual(['debian-12', 'tiny']);
    expect((await complete('up', '--image', 't')).values).toEqual(['tiny']);
    expect((await complete('vm-logs', '--source', '')).values).toEqual(['console', 'qemu', 'cloud-init', 'events']);
    expect((await complete('explain', 'guest.p')).values).toContain('guest.panic');
    expect((await complete('completion', '')).values).toEqual(['bash', 'zsh', 'fish']);
  });
  it('offers options, the global ones too', async () => {
    expect((await complete('vm-start', '--fo')).values).toEqual(['--foreground']);
    expect((await complete('vm-list', '--js')).values).toEqual(['--json']);
    expect((await complete('vm-list', '-')).values).toContain('--json');
    expect((await complete('--he')).values).toEqual(['--help']);
  });
  it('leaves files and folders to the shell, and the guest’s command alone', async () => {
    expect(await complete('copy', './')).toEqual({ values: [], directive: ':0' });
    expect(await complete('vm-list', '--workspace', '/')).toEqual({ values: [], directive: ':16' });
    expect(await complete('exec', 'build', '--', 'vm-')).toEqual({ values: [], directive: ':0' });
  });
  it('offers nothing where the workspace cannot be read', async () => {
    const broken = { engine: { list: async () => Promise.reject(new Error('no')) } };
    expect(await cli(['complete', '--', 'vm-start', ''], broken)).toMatchObject({
      code: 0,
      stdout: ':4\n',
      stderr: '',
    });
  });
});

describe('completion scripts', () => {
  it.each([['bash'], ['zsh'], ['fish']])('%s is printed and calls us', async (shell) => {
    const { stdout } = await cli(['completion', shell]);
    expect(stdout).toMatch(shell === 'bash' ? / complete -- "\$\{words\[@\]\}"/ : /sysmonvm complete --/);
    expect((await cli(['completion', shell, '--json'])).json()).toEqual({ schemaVersion: 1, shell, script: stdout });
  });
  it('puts together in bash what it splits, and offers what we answer', () => {
    const answer = 'sysmonvm() { echo asked "$@" >&3; printf \'build\\tvm\\nbench\\tvm\\n:4\\n\'; }';
    const press =
      'COMP_LINE="A=1 sysmonvm up --image=t x: b c"; COMP_POINT=30; COMP_CWORD=7; ' +
      'COMP_WORDS=(sysmonvm up --image = t x : b c); __sysmonvm_complete; declare -p COMPREPLY';
    const script = `${completionScript('bash')}\n${completionScript('bash')}\ncompopt() { :; }\nexec 3>&1\n${answer}\n${press}\n`;
    const bash = spawnSync('bash', ['--norc'], { input: script, encoding: 'utf8' });
    expect(bash).toMatchObject({
      stdout: 'asked complete -- up --image=t x: b\ndeclare -a COMPREPLY=([0]="build" [1]="bench")\n',
      stderr: '',
    });
  });
});
