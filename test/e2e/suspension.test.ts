import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moments } from '../support/moments.ts';
import { outcomeOf, until, Workbench } from '../support/workbench.ts';

const size = ['--image', 'tiny', '--cpus', '1', '--memory', '256M', '--disk', '2G'];
const root = process.getuid?.() === 0;
let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.make();
  await bench.ok(['up', 'x', ...size]);
  await startCounting(bench);
}, 300_000);
afterAll(async () => {
  await bench.ok(['vm-destroy', 'x', '--yes']);
  const left = await bench.leftovers();
  await bench.dispose();
  expect(left).toEqual([]);
});

/** A process that is seen to go on where it was: what it counts lies in the memory of the guest only. */
async function startCounting(of: Workbench): Promise<void> {
  const script =
    '(i=0; while true; do i=$((i+1)); echo $i >/dev/shm/count; sleep 1; done) >/dev/null 2>&1 </dev/null &';
  await of.ok(['exec', 'x', '--', 'sudo', 'sh', '-c', `mkdir -p /dev/shm; ${script}`]);
  await until('it counts', async () => (await of.run(['exec', 'x', '--', 'cat', '/dev/shm/count'])).code === 0);
}

interface Guest {
  readonly count: number;
  readonly uptime: number;
  readonly bootId: string;
  /** Seconds that its clock is away from ours, at least. */
  readonly clockOff: number;
}

async function guest(of: Workbench = bench): Promise<Guest> {
  const before = Date.now() / 1000;
  const script = 'cat /dev/shm/count /proc/uptime /proc/sys/kernel/random/boot_id; date +%s';
  const lines = (await of.ok(['exec', 'x', '--', 'sh', '-c', script])).stdout.trim().split('\n');
  const after = Date.now() / 1000;
  const [count = '', uptime = '', bootId = '', date = ''] = lines;
  const clock = Number(date);
  // It says whole seconds.
  const clockOff = Math.max(0, before - (clock + 1), clock - after);
  return { count: Number(count), uptime: Number.parseFloat(uptime), bootId, clockOff };
}

async function directoryOf(of: Workbench = bench): Promise<string> {
  const [id] = await readdir(join(of.workspace, 'vms'));
  return join(of.workspace, 'vms', id ?? '');
}

const stateOf = async (of: Workbench = bench): Promise<string> =>
  (await of.json<{ vm: { state: string } }>(['vm-status', 'x'])).vm.state;

async function onRecord<T>(file: 'state.json' | 'resources.json'): Promise<T> {
  return JSON.parse(await readFile(join(await directoryOf(), file), 'utf8')) as T;
}

function goesOnFrom(now: Guest, before: Guest): void {
  expect(now.bootId).toBe(before.bootId);
  expect(now.count).toBeGreaterThanOrEqual(before.count);
  expect(now.uptime).toBeGreaterThanOrEqual(before.uptime);
  expect(now.clockOff).toBeLessThanOrEqual(1);
}

describe('suspending', () => {
  it('ends QEMU, and the guest goes on where it was when it is started: processes, uptime, clock [issue 4]', async () => {
    const before = await guest();
    await bench.ok(['vm-suspend', 'x']);
    expect(await stateOf()).toBe('suspended');
    expect(await bench.processes()).toEqual([]);
    const file = join(await directoryOf(), 'memory-state');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await bench.run(['exec', 'x', '--', 'true'])).stderr).toContain('it is suspended');
    expect((await bench.run(['vm-set', 'x', '--cpus', '2'])).code).toBe(9);
    // Time in which the guest does not run, by far more than its clock may be wrong.
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const { vm } = await bench.json<{ vm: { state: string } }>(['vm-start', 'x']);
    expect(vm.state).toBe('ready');
    const now = await guest();
    goesOnFrom(now, before);
    await until('it counts on', async () => (await guest()).count > now.count);
    expect(await readdir(await directoryOf())).not.toContain('memory-state');
  });

  it('twice is once; stopping it is not needed; `up` resumes it, with the ports that it had [issue 4]', async () => {
    const before = await guest();
    const ports = async () => (await bench.json<{ ports: object[] }>(['vm-port', 'list', 'x'])).ports;
    await bench.ok(['vm-port', 'add', '8080', 'x']);
    const had = await ports();
    expect(had.length).toBe(2);
    await bench.ok(['vm-suspend', 'x']);
    expect((await bench.ok(['vm-suspend', 'x'])).stdout).toContain('nothing to do');
    expect((await bench.ok(['vm-stop', 'x'])).stdout).toContain('it is suspended and does not run');
    expect((await bench.ok(['vm-wait', 'x', '--until', 'stopped'])).stdout).toContain('suspended');
    expect((await bench.run(['up', 'x', ...size.with(3, '2')])).code).toBe(9);
    await bench.ok(['up', 'x', ...size]);
    goesOnFrom(await guest(), before);
    expect(await ports()).toEqual(had);
  });

  it('memory that was saved by another QEMU is kept and refused; --cold gives it up [issue 4]', async () => {
    const before = await guest();
    await bench.ok(['vm-suspend', 'x']);
    const path = join(await directoryOf(), 'resources.json');
    const text = await readFile(path, 'utf8');
    await writeFile(
      path,
      text.replace(/"qemuDigest":\s*"sha256:[0-9a-f]{8}/, (found) => found.replace(/.{8}$/, '00000000')),
    );
    const refused = await bench.run(['vm-start', 'x']);
    expect([refused.code, refused.stderr]).toEqual([9, expect.stringContaining('error[vm.state-unusable]')]);
    expect(refused.stderr).toContain('vm-start x --cold');
    expect(await stateOf()).toBe('suspended');
    await writeFile(path, text);
    await bench.ok(['vm-start', 'x']);
    goesOnFrom(await guest(), before);
    await bench.ok(['vm-suspend', 'x']);
    await bench.ok(['vm-start', 'x', '--cold']);
    await startCounting(bench);
    expect((await guest()).bootId).not.toBe(before.bootId);
    expect(await readdir(await directoryOf())).not.toContain('memory-state');
  });

  it('a state that was cut short is refused in the words of QEMU, and the VM stays suspended [issue 4]', async () => {
    await bench.ok(['vm-suspend', 'x']);
    const file = join(await directoryOf(), 'memory-state');
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, 4_000_000));
    const refused = await bench.run(['vm-start', 'x']);
    expect([refused.code, refused.stderr]).toEqual([9, expect.stringContaining('error[vm.state-unusable]')]);
    expect(await stateOf()).toBe('suspended');
    expect(await bench.processes()).toEqual([]);
    await writeFile(file, whole);
    await bench.ok(['vm-start', 'x']);
    expect((await guest()).clockOff).toBeLessThanOrEqual(1);
  });
});

describe('pausing', () => {
  it('holds the guest, and resuming sets its clock [issue 4]', async () => {
    const before = await guest();
    await bench.ok(['vm-pause', 'x']);
    expect(await stateOf()).toBe('paused');
    const refused = await bench.run(['exec', 'x', '--', 'true']);
    expect([refused.code, refused.stderr]).toEqual([255, expect.stringContaining('vm-resume x')]);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    await bench.ok(['vm-resume', 'x']);
    const now = await guest();
    goesOnFrom(now, before);
    // It did not run meanwhile.
    expect(now.uptime - before.uptime).toBeLessThan(now.count - before.count + 30);
  });

  it('a paused VM can be suspended, and stopped gently [issue 4]', async () => {
    const before = await guest();
    await bench.ok(['vm-pause', 'x']);
    await bench.ok(['vm-suspend', 'x']);
    await bench.ok(['vm-start', 'x']);
    goesOnFrom(await guest(), before);
    await bench.ok(['vm-pause', 'x']);
    const stopped = await bench.ok(['vm-stop', 'x']);
    expect(stopped.stderr).not.toContain('did not power off');
    expect(await stateOf()).toBe('stopped');
    await bench.ok(['vm-start', 'x']);
    await startCounting(bench);
  });
});

describe('snapshots', () => {
  it('with memory take a VM back, whether it runs or is stopped; without, when it is stopped [issue 4]', async () => {
    const write = (word: string) => bench.ok(['exec', 'x', '--', 'sudo', 'sh', '-c', `echo ${word} >/root/word; sync`]);
    const word = async () => (await bench.ok(['exec', 'x', '--', 'sudo', 'cat', '/root/word'])).stdout.trim();
    await write('one');
    const before = await guest();
    await bench.ok(['vm-snapshot', 'create', 'x', 'first']);
    expect((await guest()).clockOff).toBeLessThanOrEqual(1);
    expect((await bench.run(['vm-snapshot', 'create', 'x', 'first'])).stderr).toContain('error[vm.snapshot-exists]');
    expect((await bench.run(['vm-snapshot', 'create', 'x', '1'])).code).toBe(2);
    await write('two');
    await bench.ok(['vm-snapshot', 'restore', 'x', 'first']);
    expect(await word()).toBe('one');
    goesOnFrom(await guest(), before);

    await bench.ok(['vm-stop', 'x']);
    await bench.ok(['vm-snapshot', 'create', 'x', 'disk']);
    await bench.ok(['vm-snapshot', 'restore', 'x', 'first']);
    expect(await word()).toBe('one');
    goesOnFrom(await guest(), before);

    await write('three');
    const refused = await bench.run(['vm-snapshot', 'restore', 'x', 'disk']);
    expect([refused.code, refused.stderr]).toEqual([9, expect.stringContaining('restore x disk --restart')]);
    await bench.ok(['vm-snapshot', 'restore', 'x', 'disk', '--restart']);
    expect(await word()).toBe('one');
    const { snapshots } = await bench.json<{ snapshots: object[] }>(['vm-snapshot', 'list', 'x']);
    expect(snapshots).toMatchObject([
      { name: 'first', memory: true, memoryBytes: expect.any(Number) },
      { name: 'disk', memory: false },
    ]);
    for (const name of ['first', 'disk']) await bench.ok(['vm-snapshot', 'delete', 'x', name]);
    expect((await bench.run(['vm-snapshot', 'restore', 'x', 'first'])).stderr).toContain('vm.snapshot-not-found');
    await startCounting(bench);
  });
});

type Moment = () => Promise<boolean>;

async function killAt(args: readonly string[], moment: Moment): Promise<void> {
  const child = bench.spawn(args);
  const done = outcomeOf(child);
  while (child.exitCode === null && !(await moment().catch(() => false))) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  child.kill('SIGKILL');
  await done;
}

const recorded =
  (kind: string): Moment =>
  async () =>
    (await onRecord<{ state: { kind: string } }>('state.json')).state.kind === kind;
const restoreOnRecord = async (): Promise<boolean> =>
  (await onRecord<{ kept: { restore?: object } }>('resources.json')).kept.restore !== undefined;
const saving: Moment = async () => (await readdir(await directoryOf())).some((name) => name.startsWith('memory-state'));

const machines = async (): Promise<number> =>
  (await bench.processes()).filter(({ command }) => /^\S*qemu-system\S* -name x /.test(command)).length;

/** What a person does who finds the VM so. */
async function goOn(): Promise<void> {
  const started = await bench.run(['vm-start', 'x']);
  if (started.code !== 0) await bench.ok(['vm-resume', 'x']);
}

describe('nothing is lost when our process is killed [issue 4]', () => {
  it.each<readonly [string, Moment]>([
    ['when the VM is paused on record', recorded('paused')],
    ['when its memory is being saved', saving],
    ['when the saved memory is on record', restoreOnRecord],
    ['when it is suspended on record', recorded('suspended')],
  ])('while it suspends: %s', async (_when, moment) => {
    const before = await guest();
    await killAt(['vm-suspend', 'x'], moment);
    await goOn();
    expect(await stateOf()).toBe('ready');
    goesOnFrom(await guest(), before);
    expect(await machines()).toBe(1);
  });

  it.each<readonly [string, Moment]>([
    ['when it is starting', recorded('starting')],
    ['when its memory is being loaded', recorded('restoring')],
    ['when the saved memory is off the record', async () => !(await restoreOnRecord())],
    ['when it is ready on record', recorded('ready')],
  ])('while it resumes: %s', async (_when, moment) => {
    const before = await guest();
    await bench.ok(['vm-suspend', 'x']);
    await killAt(['vm-start', 'x'], moment);
    await goOn();
    expect(await stateOf()).toBe('ready');
    const now = await guest();
    expect(now.bootId).toBe(before.bootId);
    expect(now.count).toBeGreaterThanOrEqual(before.count);
    expect(await machines()).toBe(1);
  });

  it.each<readonly [string, Moment]>(
    moments<readonly [string, Moment]>([
      [
        'when the move is on record',
        async () => 'moving' in (await onRecord<{ running: object }>('resources.json')).running,
      ],
      [
        'when the other QEMU runs',
        async () => (await bench.processes()).filter(({ command }) => / -name x .*-incoming/.test(command)).length > 0,
      ],
      [
        'when the other QEMU has the machine',
        async () =>
          (await readFile(join(await directoryOf(), 'events.jsonl'), 'utf8'))
            .split('\n')
            .slice(-3)
            .some((line) => line.includes('"moved"')),
      ],
    ]),
  )('while its machine is moved for a template: %s', async (_when, moment) => {
    const before = await guest();
    await killAt(['template', 'create', 't', '--from', 'x'], moment);
    const now = await guest();
    expect(now.bootId).toBe(before.bootId);
    expect(now.count).toBeGreaterThanOrEqual(before.count);
    await until('it counts on', async () => (await guest()).count > now.count);
    expect(await machines()).toBe(1);
    await bench.ok(['vm-restart', 'x']);
    await startCounting(bench);
  });
});

describe.runIf(root)('a full disk (mounting is root’s)', () => {
  it('ends a suspension; the guest goes on and nothing of it remains [issue 4]', async () => {
    const small = await mkdtemp(join(tmpdir(), 'sm-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', small]);
    const other = await Workbench.make({ workspace: join(small, 'ws') });
    try {
      await other.ok(['up', 'x', ...size]);
      await startCounting(other);
      const before = await guest(other);
      const refused = await other.run(['vm-suspend', 'x']);
      expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('error[host.no-space]')]);
      expect(await stateOf(other)).toBe('ready');
      const now = await guest(other);
      expect([now.bootId, now.count >= before.count]).toEqual([before.bootId, true]);
      expect((await readdir(await directoryOf(other))).filter((name) => name.startsWith('memory'))).toEqual([]);
      await other.ok(['vm-destroy', 'x', '--yes']);
    } finally {
      await other.dispose();
      execFileSync('umount', [small]);
      await rm(small, { recursive: true });
    }
  });
});
