import { describe, expect, it } from 'vitest';
import { programTerminal } from '../support/program-terminal.ts';

const { bench, screen, sees, settings, ours } = programTerminal({ patienceMs: 120_000 });

const run = (line: string): void => screen().enter(`sysmonvm ${line}; echo "ended with $?"`);
const terminate = async (): Promise<void> => void process.kill(await ours(), 'SIGTERM');

describe('progress on a terminal', () => {
  it.each([
    ['Ctrl-C', 130],
    ['kill -TERM', 143],
  ])('%s ends it, and the terminal is as before', async (way, code) => {
    const before = await settings('before');
    run('vm-start one');
    await sees('QEMU answers');
    screen().type('unseen');
    if (way === 'Ctrl-C') screen().press('C-c');
    else await terminate();
    await sees(`ended with ${code}`);
    screen().press('C-c');
    expect(screen().history()).not.toContain('unseen');
    expect(await settings('after')).toBe(before);
  });

  it('is not disturbed by typing, and the shell gets what was typed', async () => {
    const before = await settings('before');
    run('vm-start one');
    await sees('QEMU answers');
    screen().enter('echo later-$((40 + 2))');
    screen().press('Enter', 'Enter', 'Enter');
    await sees('ended with 0');
    await sees('later-42');
    const text = screen().history();
    expect(text.match(/QEMU started/g)).toHaveLength(1);
    expect(text.slice(0, text.indexOf('ended with 0'))).not.toContain('later');
    expect(await settings('after')).toBe(before);
  });
});

describe('a terminal in the guest', () => {
  it('exec -t follows the size of the window', async () => {
    const before = await settings('before');
    run('exec one -t -- sh -c "while sleep 0.3; do stty size; done"');
    await sees(/^30 100$/m);
    screen().resize(77, 21);
    await sees(/^21 77$/m);
    screen().resize(200, 50);
    await sees(/^50 200$/m);
    screen().press('C-c');
    await sees('ended with 130');
    expect(await settings('after')).toBe(before);
  });

  it('exec -t gives Ctrl-C to the guest, and its end gives the terminal back', async () => {
    const before = await settings('before');
    run(`exec one -t -- sh -c "trap 'echo caught' INT; echo begun; read a; read a"`);
    await sees(/^begun/m);
    screen().press('C-c');
    await sees(/caught/);
    await terminate();
    await sees('ended with 143');
    expect(await settings('after')).toBe(before);
  });

  it('Ctrl-C ends exec without a terminal, on a line of its own', async () => {
    run('exec one -- sh -c "echo begun; sleep 1000"');
    await sees(/^begun/m);
    screen().press('C-c');
    await sees('ended with 130');
    expect(screen().text()).toMatch(/^\^C\ninterrupted \(SIGINT\)$/m);
    expect(await bench().ok(['exec', 'one', '--', 'sh', '-c', 'pgrep -f "[s]leep 1000"; true'])).toMatchObject({
      stdout: '',
    });
  });
});

describe('the terminal is as before', () => {
  const ways: readonly (readonly [command: string, shown: RegExp, way: string, code: number])[] = [
    ['ssh one', /one:~\$$/, 'exit 3', 3],
    ['ssh one', /one:~\$$/, 'TERM', 143],
    ['vm-console one', /Leave with/, 'C-]', 0],
    ['vm-console one', /Leave with/, 'TERM', 143],
    ['vm-logs one --follow', /ready after/, 'C-c', 130],
    ['vm-logs one --follow', /ready after/, 'TERM', 143],
    ['watch --history', /ready/, 'C-c', 130],
    ['watch --history', /ready/, 'TERM', 143],
  ];
  it.each(ways)('%s (%s), left by %s: %i', async (command, shown, way, code) => {
    const before = await settings('before');
    screen().enter('clear');
    run(command);
    await sees(shown);
    if (way === 'TERM') await terminate();
    else if (way.startsWith('C-')) screen().press(way);
    else screen().enter(way);
    await sees(`ended with ${code}`);
    expect(await settings('after')).toBe(before);
  });

  it.each([
    ['exec one -t -- sh -c "echo begun; read a"', /^begun/m],
    ['ssh one', /one:~\$$/],
    ['vm-console one', /Leave with/],
    ['vm-logs one --follow', /ready after/],
  ] as const)('%s, when the VM is destroyed meanwhile', async (command, shown) => {
    await bench().ok(['up', 'one', '--image', 'tiny', '--memory', '256M']);
    const before = await settings('before');
    screen().enter('clear');
    run(command);
    await sees(shown);
    await bench().ok(['vm-destroy', 'one', '--yes']);
    await sees(/ended with \d+/);
    expect(await settings('after')).toBe(before);
  });
});
