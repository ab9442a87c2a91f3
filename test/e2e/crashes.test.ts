import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf, until, Workbench } from '../support/workbench.ts';

const size = ['--image', 'tiny', '--cpus', '1', '--memory', '256M', '--disk', '2G'];
let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.make();
  await bench.ok(['fetch-image', '--image', 'tiny']);
}, 300_000);
afterAll(() => bench.dispose());
afterEach(async () => {
  await bench.ok(['vm-gc']);
  for (const vm of (await bench.json<{ vms: { name: string }[] }>(['vm-list'])).vms)
    await bench.ok(['vm-destroy', vm.name, '--yes']);
  expect(await bench.leftovers()).toEqual([]);
});

/** State of the only VM as it lies on disk now; undefined while there is none. */
async function stateOnDisk(): Promise<string | undefined> {
  for (const id of await readdir(join(bench.workspace, 'vms')).catch(() => [] as string[])) {
    const text = await readFile(join(bench.workspace, 'vms', id, 'state.json'), 'utf8').catch(() => undefined);
    if (text) return (JSON.parse(text) as { state: { kind: string } }).state.kind;
  }
  return undefined;
}

/** Starts a command, waits for a moment, kills our process with SIGKILL, and waits for its end. */
async function killAt(args: readonly string[], moment: () => Promise<boolean>): Promise<void> {
  const child = bench.spawn(args);
  const done = outcomeOf(child);
  while (child.exitCode === null && !(await moment())) await new Promise((resolve) => setTimeout(resolve, 1));
  child.kill('SIGKILL');
  await done;
}

type Moment = () => Promise<boolean>;

/** Whether something is in the only VM's directory; also under the name it has before it is complete or after it went. */
function holds(name: string): Moment {
  return async () => {
    const entries = await readdir(join(bench.workspace, 'vms'), { recursive: true }).catch(() => [] as string[]);
    return entries.some((entry) => entry.endsWith(name));
  };
}
const lockIsHeld: Moment = holds('.lock');

describe('our process is killed', () => {
  it.each<readonly [string, Moment]>([
    ['before anything is written', async () => true],
    ['when it has the lock', lockIsHeld],
    ['when the VM is registered', holds('/state.json')],
    ['when its plan is written', holds('/plan.json')],
    ['when the ledger names what will be made', holds('/resources.json')],
    ['when the disk appears', holds('/disk.qcow2')],
    ['when the firmware variables appear', holds('/vars.qcow2')],
    ['when the keys appear', holds('/id_ed25519')],
    ['when the seed appears', holds('/seed.iso')],
    ['when it is complete', async () => (await stateOnDisk()) === 'stopped'],
  ])('while creating, %s: the next command leaves a whole VM or none', async (_, moment) => {
    await killAt(['vm-create', 'x', ...size], moment);
    await bench.run(['vm-gc']);
    const { vms } = await bench.json<{ vms: { state: string }[] }>(['vm-list']);
    expect(vms.map((vm) => vm.state)).toEqual(vms.length === 0 ? [] : ['stopped']);
    const again = await bench.run(['vm-create', 'x', ...size]);
    expect(again.code, again.stderr).toBe(vms.length === 0 ? 0 : 9);
  });

  it.each(['starting', 'booting'])(
    'while the VM is %s: it is adopted or started anew, and becomes ready',
    async (kind) => {
      await bench.ok(['vm-create', 'x', ...size]);
      await killAt(['vm-start', 'x'], async () => (await stateOnDisk()) === kind);
      await bench.ok(['up', 'x', ...size]);
      expect((await bench.ok(['exec', 'x', '--', 'echo', 'alive'])).stdout).toBe('alive\n');
      expect((await bench.processes()).filter(({ command }) => /^\S*qemu-system/.test(command)).length).toBe(1);
    },
  );

  it('while stopping: the next stop finishes', async () => {
    await bench.ok(['up', 'x', ...size]);
    await killAt(['vm-stop', 'x'], async () => (await stateOnDisk()) === 'stopping');
    await bench.ok(['vm-stop', 'x', '--force']);
    expect((await bench.json<{ vm: { state: string } }>(['vm-status', 'x'])).vm.state).toBe('stopped');
  });

  it.each<readonly [string, Moment]>([
    ['when it has the lock', lockIsHeld],
    ['when it is recorded', async () => (await stateOnDisk()) === 'destroying'],
    [
      'when QEMU is gone',
      async () => (await bench.processes()).every(({ command }) => !/^\S*qemu-system/.test(command)),
    ],
    ['when the VM has become rubbish', async () => (await stateOnDisk()) === undefined],
  ])('while destroying a running VM, %s: the rest goes with the next command', async (_, moment) => {
    await bench.ok(['vm-create', 'x', ...size]);
    await bench.ok(['vm-start', 'x', '--no-wait']);
    await killAt(['vm-destroy', 'x', '--yes'], moment);
    await bench.run(['vm-destroy', 'x', '--yes']);
    await bench.ok(['vm-gc']);
    expect(await bench.leftovers()).toEqual([]);
  });

  it.each(['preparing', 'booting', 'ready'])(
    'run --rm, while its VM is %s: the next command reaps it',
    async (kind) => {
      await killAt(['run', '--rm', ...size, '--', 'sleep', '300'], async () => (await stateOnDisk()) === kind);
      const list = await bench.json<{ vms: readonly unknown[] }>(['vm-list']);
      expect(list.vms.length).toBeLessThanOrEqual(1);
      await bench.ok(['vm-gc']);
      expect(await bench.leftovers()).toEqual([]);
    },
  );
});

describe('signals', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s during run --rm tears everything down and ends with %i', async (signal, code) => {
    const child = bench.spawn(['run', '--rm', ...size, '--', 'sleep', '300']);
    const done = outcomeOf(child);
    await until('the guest is ready', async () => (await stateOnDisk()) === 'ready', 120_000);
    child.kill(signal);
    expect((await done).code).toBe(code);
    expect(await bench.leftovers()).toEqual([]);
  });

  it('SIGINT during vm-create leaves no half VM', async () => {
    const child = bench.spawn(['vm-create', 'x', ...size]);
    const done = outcomeOf(child);
    await until('it is being prepared', async () => (await stateOnDisk()) === 'preparing' || child.exitCode !== null);
    child.kill('SIGINT');
    const { code } = await done;
    expect([0, 130]).toContain(code);
    expect(await stateOnDisk()).toBe(code === 0 ? 'stopped' : undefined);
  });

  it('SIGINT while vm-start waits ends the VM that it started', async () => {
    await bench.ok(['vm-create', 'x', ...size]);
    const child = bench.spawn(['vm-start', 'x']);
    const done = outcomeOf(child);
    await until('it boots', async () => (await stateOnDisk()) === 'booting');
    child.kill('SIGINT');
    expect((await done).code).toBe(130);
    expect(await stateOnDisk()).toBe('stopped');
    expect(await bench.processes()).toEqual([]);
  });
});

describe('the world changes under us', () => {
  it('QEMU is killed: readers say so at once, the next command records a failure with evidence', async () => {
    await bench.ok(['up', 'x', ...size]);
    const { vm } = await bench.json<{ vm: { pid: number } }>(['vm-status', 'x']);
    process.kill(vm.pid, 'SIGKILL');
    await until('QEMU is gone', async () => !(await bench.processes()).some((p) => p.pid === vm.pid));
    expect((await bench.ok(['vm-status', 'x'])).stdout).toContain('exited, not yet recorded');
    const run = await bench.run(['exec', 'x', '--', 'true']);
    expect(run.code).toBe(255);
    expect(
      (await bench.json<{ vm: { state: string; failure: { message: string } } }>(['vm-status', 'x'])).vm,
    ).toMatchObject({ state: 'failed', failure: { message: expect.stringContaining('signal 9') } });
    await bench.ok(['vm-start', 'x']);
  });

  it('the guest powers itself off: stopped, and the reason is told', async () => {
    await bench.ok(['up', 'x', ...size]);
    await bench.run(['exec', 'x', '--', 'sudo', 'poweroff']);
    await bench.ok(['vm-wait', 'x', '--until', 'stopped', '--timeout', '60s']);
    expect((await bench.json<{ vm: object }>(['vm-status', 'x'])).vm).toMatchObject({
      state: 'stopped',
      lastExit: { reason: 'powered-off', exitCode: 0 },
    });
  });

  it('the kernel of the guest panics: readers see it', async () => {
    await bench.ok(['up', 'x', ...size]);
    const panic = 'echo 1 >/proc/sys/kernel/sysrq; (sleep 1; echo c >/proc/sysrq-trigger) >/dev/null 2>&1 </dev/null &';
    await bench.ok(['exec', 'x', '--', 'sudo', 'sh', '-c', panic]);
    await until('the panic is seen', async () => (await bench.ok(['vm-status', 'x'])).stdout.includes('kernel panic'));
  });

  it('a pid that belongs to another process by now is never signalled', async () => {
    await bench.ok(['up', 'x', ...size]);
    const id =
      (await readdir(join(bench.workspace, 'vms'))).find((name) => name.startsWith('vm-') && !name.includes('.')) ?? '';
    const path = join(bench.workspace, 'vms', id, 'state.json');
    const { vm } = await bench.json<{ vm: { pid: number } }>(['vm-status', 'x']);
    process.kill(vm.pid, 'SIGKILL');
    await until('QEMU is gone', async () => !(await bench.processes()).some((p) => p.pid === vm.pid));
    const { spawn } = await import('node:child_process');
    const bystander = spawn('sleep', ['300']);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replaceAll(`"pid": ${vm.pid}`, `"pid": ${bystander.pid}`));
    await bench.ok(['vm-stop', 'x', '--force']);
    await bench.ok(['vm-destroy', 'x', '--yes']);
    expect(bystander.exitCode).toBeNull();
    expect(bystander.signalCode).toBeNull();
    bystander.kill();
  });

  it('the overlay of a running VM is deleted: status says so, the next start names the file', async () => {
    await bench.ok(['up', 'x', ...size]);
    const { vm } = await bench.json<{ vm: { directory: string } }>(['vm-status', 'x']);
    await rm(join(vm.directory, 'disk.qcow2'));
    expect((await bench.ok(['vm-status', 'x'])).stdout).toContain('disk was deleted');
    await bench.ok(['vm-stop', 'x', '--force']);
    const start = await bench.run(['vm-start', 'x']);
    expect(start.code).toBe(9);
    expect(start.stderr).toContain('disk.qcow2');
  });

  it('a stale control socket does not stand in the way of a start', async () => {
    await bench.ok(['vm-create', 'x', ...size]);
    await bench.ok(['vm-start', 'x', '--no-wait']);
    for (const { pid } of await bench.processes()) process.kill(pid, 'SIGKILL');
    await until('all is gone', async () => (await bench.processes()).length === 0);
    await bench.ok(['up', 'x', ...size]);
  });

  it('two commands on one VM at once: both end, one VM runs', async () => {
    await bench.ok(['vm-create', 'x', ...size]);
    const both = await Promise.all([bench.run(['vm-start', 'x']), bench.run(['vm-start', 'x'])]);
    expect(
      both.map((outcome) => outcome.code),
      both.map((o) => o.stderr).join('\n'),
    ).toEqual([0, 0]);
    expect((await bench.processes()).filter(({ command }) => /^\S*qemu-system/.test(command)).length).toBe(1);
  });

  it('a stop from elsewhere ends a waiting start with that reason', async () => {
    await bench.ok(['vm-create', 'x', ...size]);
    const child = bench.spawn(['vm-start', 'x']);
    const done = outcomeOf(child);
    await until('it boots', async () => (await stateOnDisk()) === 'booting');
    await bench.ok(['vm-stop', 'x', '--force']);
    const outcome = await done;
    expect(outcome.code).toBe(9);
    expect(outcome.stderr).toContain('stopped by another command');
  });

  it('two workspaces never share a port', async () => {
    const other = await Workbench.make({ sameUserAs: bench });
    const both = await Promise.all(
      [bench, other].map((w) => w.ok(['vm-create', 'x', ...size]).then(() => w.ok(['vm-start', 'x', '--no-wait']))),
    );
    expect(both.length).toBe(2);
    const portOf = async (w: Workbench): Promise<number | undefined> => {
      const { vm } = await w.json<{ vm: { ports: { host: number; purpose: string }[] } }>(['vm-status', 'x']);
      return vm.ports.find((port) => port.purpose === 'ssh')?.host;
    };
    const ports = [await portOf(bench), await portOf(other)];
    expect(ports).not.toContain(undefined);
    await other.ok(['vm-destroy', 'x', '--yes']);
    expect(new Set(ports).size).toBe(2);
  });
});
