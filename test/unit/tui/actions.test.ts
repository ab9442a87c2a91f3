import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/core/engine.ts';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import { allUiCommands } from '../../../src/tui/commands/all-ui-commands.ts';
import { screenNames } from '../../../src/tui/state/app-state.ts';
import { readyVm } from '../../support/snapshots.ts';
import { loaded, tuiSession } from '../../support/tui-session.tsx';
import { fleetOfFour, usageOfFour } from '../../support/tui-worlds.ts';

const world = { vms: loaded(fleetOfFour), usage: usageOfFour };
const answer = (vm = readyVm()) => ({ outcome: 'accepted' as const, vm });

describe('keys', () => {
  it('of two commands on one screen no key is the same, unless one gives way to the other', () => {
    const everywhere = [...screenNames, 'vm'] as const;
    const pairs = allUiCommands.flatMap((one, index) =>
      allUiCommands
        .slice(index + 1)
        .filter((other) => one.keys.some((key) => other.keys.includes(key)))
        .filter((other) => (one.screens ?? everywhere).some((screen) => (other.screens ?? everywhere).includes(screen)))
        .map((other) => `${one.id} and ${other.id}`),
    );
    expect(pairs).toEqual(['clear-filter and back']);
  });

  it('a key without a meaning does nothing', () => {
    const session = tuiSession({ world });
    const before = session.frame();
    session.press('%', 'alt+x', 'ctrl+g');
    expect(session.frame()).toBe(before);
  });
});

describe('what is done to a VM', () => {
  it('stop: the engine is asked, the answer is shown', async () => {
    const asked: unknown[] = [];
    const session = tuiSession({
      world,
      engine: {
        stop: async (name, options) => {
          asked.push([name, options]);
          return answer(readyVm({ state: 'stopped', summary: 'stopped' }));
        },
      },
    });
    session.press('S');
    const [task] = await session.settled();
    expect(asked).toEqual([['build', { force: false }]]);
    expect(task).toMatchObject({ title: 'stop build', state: 'done' });
    expect(session.frame()).toContain('✓ stop build');
  });

  it('of several that are selected each is a task of its own, and those it makes no sense for are left out', async () => {
    const asked: string[] = [];
    const session = tuiSession({
      world,
      engine: {
        start: async (name) => {
          asked.push(name);
          return answer();
        },
        stop: async (name) => {
          asked.push(`not ${name}`);
          return answer();
        },
      },
    });
    session.press('a', 'S');
    await session.settled();
    expect(asked).toEqual(['not build', 'not ci-1', 'not slow']);
    session.press('s');
    await session.settled();
    expect(asked.slice(3)).toEqual(['kernel-panic-on-a-very-long-name']);
  });

  it('a failure stands there with its code, and its next steps among the tasks', async () => {
    const session = tuiSession({
      world,
      engine: {
        stop: async () => {
          throw new SysmonvmError('vm.locked', 'process 77 holds it', { next: ['ps -p 77'] });
        },
      },
    });
    session.press('S');
    await session.settled();
    expect(session.frame()).toContain('[vm.locked] process 77 holds it');
    session.press('t');
    expect(session.frame()).toContain('ps -p 77');
  });

  it('destroy asks first, naming what goes; n leaves it, y does it', async () => {
    const gone: string[] = [];
    const session = tuiSession({
      world,
      engine: {
        destroy: async (name) => {
          gone.push(name);
          return [];
        },
      },
    });
    session.press('D');
    expect(session.frame()).toContain('Destroy build?');
    expect(session.frame()).toContain('300 MiB on disk');
    session.press('x', 'enter', 'n');
    expect(session.frame()).not.toContain('Destroy build?');
    session.press('D', 'y');
    await session.settled();
    expect(gone).toEqual(['build']);
  });

  it('a task is cancelled alone; the others go on', async () => {
    const calls: Call[] = [];
    const session = tuiSession({
      world,
      engine: {
        stop: (_, __, call) => {
          calls.push(call);
          return new Promise((resolve, reject) => {
            call.signal.addEventListener('abort', () => reject(call.signal.reason));
            if (calls.length === 1) setTimeout(() => resolve(answer()), 50);
          });
        },
      },
    });
    session.press('S', 'down', 'S');
    expect(session.store.get().world.tasks.map((task) => task.title)).toEqual(['stop build', 'stop ci-1']);
    session.press('ctrl+x');
    const tasks = await session.settled();
    expect(tasks.map((task) => task.state)).toEqual(['done', 'cancelled']);
    expect(calls.map((call) => call.signal.aborted)).toEqual([false, true]);
  });

  it('quitting with work under way asks, and names it', async () => {
    const session = tuiSession({ world, engine: { stop: () => new Promise(() => undefined) } });
    session.press('S', 'q');
    expect(session.frame()).toContain('Cancel it and quit?');
    expect(session.frame()).toContain('stop build');
    expect(session.told).toEqual([]);
    session.press('y');
    expect(session.told).toEqual(['quit']);
  });

  it('ssh, exec and console have the terminal to themselves', async () => {
    const attached = {
      ssh: async (vm: string) => (vm === 'build' ? 0 : 1),
      exec: async (_: string, command: string) => command.length,
      console: async () => 'left the console',
    };
    const session = tuiSession({ world, host: { attached } });
    session.press('e', 'A', 'x');
    session.type('uname -r');
    session.press('enter');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(session.told.toSorted()).toEqual([
      'console of build: left the console',
      'exec build: uname -r: exit code 8',
      'ssh build: left build',
    ]);
  });

  it('the ssh command is copied by the terminal itself', () => {
    const session = tuiSession({ world });
    session.press('y');
    expect(session.written).toEqual([`\u001b]52;c;${Buffer.from('sysmonvm ssh build').toString('base64')}\u0007`]);
    expect(session.frame()).toContain('copied: sysmonvm ssh build');
  });
});

describe('a list', () => {
  it('is filtered while one types; enter keeps the filter, esc shows all again', () => {
    const session = tuiSession({ world });
    session.press('/');
    session.type('alma');
    expect(session.frame()).toContain('filter: alma');
    expect(session.frame()).not.toContain('ci-1');
    session.press('enter');
    expect(session.frame()).toContain('slow');
    session.press('esc');
    expect(session.frame()).toContain('ci-1');
    session.press('/');
    session.type('no such');
    expect(session.frame()).toContain('No VM matches "no such"');
  });

  it('is sorted by the next column, and the other way round', () => {
    const session = tuiSession({ world });
    const names = () =>
      session
        .frame()
        .split('\n')
        .flatMap((line) => /(build|ci-1|kernel|slow) ?/.exec(line)?.[1] ?? []);
    expect(names()).toEqual(['build', 'ci-1', 'kernel', 'slow']);
    session.press('O');
    expect(names()).toEqual(['slow', 'kernel', 'ci-1', 'build']);
    session.press('O', 'o', 'o', 'o');
    expect(session.frame()).toContain('CPU%▲');
    expect(names()).toEqual(['ci-1', 'build', 'slow', 'kernel']);
  });

  it('the cursor stays with its row when others come and go', () => {
    const session = tuiSession({ world });
    session.press('down');
    session.store.set((state) => ({
      ...state,
      world: { ...state.world, vms: loaded([readyVm({ id: 'vm-9', name: 'aaa' }), ...fleetOfFour.slice(1)]) },
    }));
    expect(session.frame()).toMatch(/▸.*ci-1/);
  });
});

describe('create', () => {
  const host = {
    imageOffers: async () => [
      { id: 'tiny', arch: 'x86_64' as const },
      { id: 'debian-12', arch: 'x86_64' as const },
    ],
  };

  it('shows the same as a command line, and hands the settings to the engine', async () => {
    const asked: unknown[] = [];
    const session = tuiSession({
      world,
      host: { ...host, config: async (name, settings) => ({ name, settings }) as never },
      engine: {
        up: async (options) => {
          asked.push(options);
          return { ...answer(), action: 'created', differences: [] };
        },
      },
    });
    session.press('n');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(session.frame()).toContain('in a shell: sysmonvm up vm-1');
    session.press('ctrl+u');
    session.type('mine');
    session.press('tab', 'd', 't', 'tab');
    session.type('2');
    session.press('tab');
    session.type('1G');
    expect(session.frame()).toContain('in a shell: sysmonvm up mine --cpus 2 --memory 1G --image tiny');
    session.press('enter');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await session.settled();
    expect(asked).toEqual([
      { config: { name: 'mine', settings: { cpus: '2', memory: '1G', image: 'tiny' } }, wait: true },
    ]);
  });

  it('a wrong value keeps the form and says what is wrong', async () => {
    const session = tuiSession({
      world,
      host: {
        ...host,
        config: async () => {
          throw new SysmonvmError('usage.invalid-argument', '--memory: "x" is no size');
        },
      },
    });
    session.press('n', 'enter');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(session.frame()).toContain('[usage.invalid-argument] --memory: "x" is no size');
    expect(session.frame()).toContain('in a shell: sysmonvm up vm-1');
  });
});

describe('the palette', () => {
  it('finds by words, leaves out what makes no sense here, and does what is chosen', () => {
    const session = tuiSession({ world });
    session.press(':');
    session.type('guest ssh');
    expect(session.frame()).toContain('shell in the guest (ssh)');
    session.press('ctrl+u');
    session.type('prune');
    expect(session.frame()).toContain('no command has this name');
    session.press('ctrl+u');
    session.type('doctor');
    session.press('enter');
    expect(session.told).toContain('refresh doctor');
    expect(session.store.get().screen).toBe('doctor');
  });
});
