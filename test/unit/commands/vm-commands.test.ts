import { describe, expect, it } from 'vitest';
import type { Call, Engine } from '../../../src/core/engine.ts';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import { documentSchemas } from '../../../src/core/wire/documents.ts';
import { cli } from '../../support/run-cli.ts';
import { bootStart, markAt, readyVm } from '../../support/snapshots.ts';

const vm = readyVm();
const accepted = { outcome: 'accepted' as const, vm };
const removals = [{ what: 'overlay', path: '/w/vms/vm-0001/disk.qcow2', reason: 'belongs to build', bytes: 1024 }];

/** Records what the engine was asked. */
function recording() {
  const calls: unknown[][] = [];
  const record =
    <T>(name: string, result: T) =>
    async (...args: unknown[]): Promise<T> => {
      calls.push([name, ...args.filter((arg) => !(typeof arg === 'object' && arg !== null && 'requestId' in arg))]);
      return result;
    };
  return { calls, record };
}

describe('vm-create, vm-start, vm-stop [R-41]', () => {
  it('create takes the name, the flags and the file, each with its origin', async () => {
    const { calls, record } = recording();
    const positions = new Map([['hardware.cpu_count', { line: 2, column: 3 }]]);
    const configFile = { path: '/w/config.yaml', values: { hardware: { cpu_count: 3 } }, positions };
    const argv = ['vm-create', 'ci', '--memory', '2G', '--port', '8080:80', '--port', '0:443', '--json'];
    const result = await cli(argv, {
      engine: { create: record('create', accepted) },
      configFile,
      env: { SYSMONVM_DISK: '10G' },
    });
    expect(documentSchemas.answer.parse(result.json()).vm.bootMs).toBe(12_400);
    expect(calls[0]?.[1]).toMatchObject({
      config: {
        name: { value: 'ci' },
        cpus: { value: 3, origin: { from: 'file', line: 2 } },
        memoryMib: { value: 2048, origin: { from: 'flag', name: '--memory' } },
        diskGib: { value: 10, origin: { from: 'env' } },
        ports: {
          value: [
            { host: 8080, guest: 80 },
            { host: 0, guest: 443 },
          ],
        },
      },
    });
  });
  it('a wrong setting names the flag, exit 2', async () => {
    const { stderr, code } = await cli(['vm-create', '--memory', 'lots']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--memory: "lots" is not a size')]);
  });
  it.each([
    [[], { wait: true }],
    [['--daemon'], { wait: true }],
    [['--no-wait'], { wait: false }],
    [['--timeout', '90s', '--require-accel'], { wait: true, timeoutMs: 90_000, requireAccel: true }],
  ])('start %j asks for %j [R-42]', async (flags, options) => {
    const { calls, record } = recording();
    const result = await cli(['vm-start', 'build', '--json', ...flags], {
      engine: { start: record('start', accepted) },
    });
    expect(calls).toEqual([['start', 'build', options]]);
    documentSchemas.answer.parse(result.json());
  });
  it('the name comes from the configuration when none is given', async () => {
    const { calls, record } = recording();
    await cli(['vm-stop', '--force'], { engine: { stop: record('stop', accepted) }, env: { SYSMONVM_NAME: 'other' } });
    expect(calls).toEqual([['stop', 'other', { force: true }]]);
  });
  it('--foreground stays until the VM ends', async () => {
    const { calls, record } = recording();
    const engine: Partial<Engine> = {
      start: record('start', accepted),
      wait: record('wait', accepted),
      async *logs() {
        yield 'a \u001b[1mline\u001b[0m';
      },
    };
    const result = await cli(['vm-start', 'build', '--foreground'], { engine });
    expect(calls.map(([name]) => name)).toEqual(['start', 'wait']);
    expect(result.stderr).toContain('console| a line\n');
  });
  it('--foreground stops the VM on Ctrl-C and ends with 130', async () => {
    const controller = new AbortController();
    const stopped: unknown[] = [];
    const engine: Partial<Engine> = {
      start: async () => accepted,
      wait: async () => {
        controller.abort();
        throw new SysmonvmError('vm.interrupted', 'interrupted');
      },
      stop: async (name: string, _options: unknown, call: Call) => {
        stopped.push(name, call.signal.aborted);
        return accepted;
      },
      async *logs() {},
    };
    const signals = { controller, code: () => (controller.signal.aborted ? 130 : undefined) };
    const result = await cli(['vm-start', 'build', '--foreground'], { engine, signals });
    expect([result.code, stopped]).toEqual([130, ['build', false]]);
  });
  it('says why a request was ignored', async () => {
    const answer = { outcome: 'ignored' as const, reason: 'it runs already', vm };
    const { stdout } = await cli(['vm-start', 'build'], { engine: { start: async () => answer } });
    expect(stdout).toMatch(/^build: ready after 12.4s, nothing to do \(it runs already\)/);
  });
});

describe('vm-wait, vm-restart, down, up, vm-set, vm-port', () => {
  it('pass what was asked', async () => {
    const { calls, record } = recording();
    const up = {
      ...accepted,
      action: 'restarted' as const,
      differences: [{ field: 'cpus', from: 2, to: 4, needs: 'restart' as const }],
    };
    const engine: Partial<Engine> = {
      wait: record('wait', accepted),
      restart: record('restart', accepted),
      stop: record('stop', accepted),
      up: record('up', up),
      change: record('change', up),
      addPort: record('addPort', { host: 8080, guest: 80, purpose: 'user' as const }),
      removePort: record('removePort', undefined),
      status: record('status', vm),
    };
    const run = (...argv: string[]) => cli([...argv, '--json'], { engine });
    documentSchemas.answer.parse((await run('vm-wait', 'b', '--until', 'stopped', '--timeout', '5')).json());
    documentSchemas.answer.parse((await run('vm-restart', 'b', '-f', '--no-wait')).json());
    documentSchemas.answer.parse((await run('down', 'b')).json());
    documentSchemas.up.parse((await run('up', 'b', '--no-wait')).json());
    documentSchemas['vm-set'].parse((await run('vm-set', 'b', '--cpus', '4', '--disk', '80G', '--restart')).json());
    documentSchemas.port.parse((await run('vm-port', 'add', '8080:80', 'b')).json());
    documentSchemas.port.parse((await run('vm-port', 'add', '80', 'b')).json());
    documentSchemas['port-removed'].parse((await run('vm-port', 'remove', '8080', 'b')).json());
    documentSchemas.ports.parse((await run('vm-port', 'list', 'b')).json());
    expect(calls.filter(([name]) => name !== 'up')).toEqual([
      ['wait', 'b', { until: 'stopped', timeoutMs: 5000 }],
      ['restart', 'b', { wait: false, force: true }],
      ['stop', 'b', { force: false }],
      ['change', 'b', { cpus: 4, diskGib: 80 }, { restart: true, dryRun: false }],
      ['addPort', 'b', { host: 8080, guest: 80 }],
      ['addPort', 'b', { guest: 80 }],
      ['removePort', 'b', 8080],
      ['status', 'b'],
    ]);
    expect((await cli(['up', 'b'], { engine })).stdout).toContain(
      'restarted\nwhat differs:\n  cpus: 2 → 4 (needs a restart)\n',
    );
  });
});

describe('vm-destroy [R-41, R-46]', () => {
  const engine = (asked: unknown[]): Partial<Engine> => ({
    destroy: async (name, options) => {
      asked.push([name, options]);
      return removals;
    },
  });
  it('lists what goes and asks on a terminal', async () => {
    const asked: unknown[] = [];
    const yes = await cli(['vm-destroy', 'build', '--no-color'], { engine: engine(asked), tty: true, input: 'y\n' });
    expect(yes.stderr).toContain('overlay /w/vms/vm-0001/disk.qcow2 (1 KiB): belongs to build');
    expect([yes.code, asked]).toEqual([
      0,
      [
        ['build', { dryRun: true }],
        ['build', { dryRun: false }],
      ],
    ]);
    const no = await cli(['vm-destroy', 'build'], { engine: engine(asked), tty: true, input: '\n' });
    expect([no.code, asked.length]).toEqual([1, 3]);
  });
  it('without a terminal and without --yes nothing is removed, exit 2', async () => {
    const asked: unknown[] = [];
    const result = await cli(['vm-destroy', 'build'], { engine: engine(asked) });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('error[usage.terminal-needed]');
    expect(asked).toEqual([['build', { dryRun: true }]]);
  });
  it('with --yes removes at once, also in JSON', async () => {
    const asked: unknown[] = [];
    const result = await cli(['rm', 'build', '--yes', '--json'], { engine: engine(asked) });
    expect(documentSchemas.removals.parse(result.json()).removals).toEqual(removals);
    expect(asked).toEqual([['build', { dryRun: false }]]);
  });
});

describe('vm-list and vm-status', () => {
  it('print a table, and a document that follows its schema', async () => {
    const failure = {
      at: bootStart,
      stage: 'kernel' as const,
      code: 'guest.panic',
      message: 'it panicked',
      consoleTail: ['oops'],
      qemuTail: [],
    };
    const vms = [
      vm,
      readyVm({ name: 'a', state: 'failed', summary: 'failed (guest.panic)', failure, marks: [markAt('kernel', 0)] }),
    ];
    const engine: Partial<Engine> = { list: async () => vms, status: async () => vms[1] ?? vm };
    const table = (await cli(['vm-list'], { engine })).stdout.split('\n');
    expect(table[0]).toMatch(/^NAME +STATE +IMAGE +TRUST +ARCH +ACCEL +CPU +MEMORY +RSS +PRIVATE +SSH +AGE$/);
    expect(table[1]).toMatch(/^a +failed \(guest.panic\) +debian-12 +local/);
    const listed = documentSchemas['vm-list'].parse((await cli(['vm-list', '--json'], { engine })).json());
    expect(listed.vms.map((one) => one.bootMs)).toEqual([12_400, undefined]);
    const page = (await cli(['vm-status', 'a'], { engine })).stdout;
    expect(page).toContain('[guest.panic] at stage kernel: it panicked');
    expect(page).toContain('end of the console\n  oops\n');
    expect(
      documentSchemas.vm.parse((await cli(['vm-status', 'a', '--json'], { engine })).json()).vm.failure?.code,
    ).toBe('guest.panic');
  });
});
