import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf, until, Workbench } from '../support/workbench.ts';

interface Status {
  readonly schemaVersion: number;
  readonly vm: {
    readonly state: string;
    readonly summary: string;
    readonly accelerator: string;
    readonly pid?: number;
    readonly ssh?: { readonly port: number };
    readonly image: { readonly id: string; readonly level: string; readonly digest?: string };
    readonly boot: readonly { readonly name: string; readonly at: string }[];
    readonly qemu: { readonly version: string; readonly digest: string };
    readonly lastExit?: { readonly reason: string; readonly exitCode?: number };
    readonly memoryMib: number;
    readonly cpus: number;
  };
}

let bench: Workbench;
const status = async (): Promise<Status['vm']> => (await bench.json<Status>(['vm-status', 'one'])).vm;

beforeAll(async () => {
  bench = await Workbench.make();
  await bench.ok(['fetch-image', '--image', 'tiny']);
}, 300_000);
afterAll(() => bench.dispose());

describe('the life of a VM, step by step', () => {
  it('vm-create makes a stopped VM and nothing runs [R-30] [R-39] [R-40]', async () => {
    await bench.ok([
      'vm-create',
      'one',
      '--image',
      'tiny',
      '--cpus',
      '1',
      '--memory',
      '256M',
      '--disk',
      '2G',
      '--port',
      '18080:8080',
    ]);
    const vm = await status();
    expect(vm).toMatchObject({ state: 'stopped', image: { id: 'tiny', level: 'local' } });
    expect(vm.image.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await bench.processes()).toEqual([]);
  });

  it('a second VM of that name is refused with exit 9', async () => {
    const again = await bench.run(['vm-create', 'one', '--image', 'tiny']);
    expect(again.code).toBe(9);
    expect(again.stderr).toContain('vm.name-taken');
  });

  it('vm-start --daemon returns when the guest is ready, with a timeline [R-41] [R-42] [M-41]', async () => {
    await bench.ok(['vm-start', 'one', '--daemon']);
    const vm = await status();
    expect(vm.state).toBe('ready');
    const names = vm.boot.map((mark) => mark.name);
    for (const name of ['process-started', 'qmp-greeting', 'kernel', 'ssh-banner', 'ssh-login', 'ready'])
      expect(names).toContain(name);
    const times = vm.boot.map((mark) => Date.parse(mark.at));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(vm.qemu.version).toMatch(/^\d+\.\d+/);
    expect(vm.qemu.digest).toMatch(/^sha256:/);
    expect(['tcg', 'kvm', 'hvf']).toContain(vm.accelerator);
  });

  it('listens on 127.0.0.1 and nowhere else', async () => {
    const { pid } = await status();
    const inodes = new Set<string>();
    const { readdir, readlink } = await import('node:fs/promises');
    for (const fd of await readdir(`/proc/${pid}/fd`)) {
      const match = /^socket:\[(\d+)\]$/.exec(await readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''));
      if (match?.[1]) inodes.add(match[1]);
    }
    const rows = ((await readFile('/proc/net/tcp', 'utf8')) + (await readFile('/proc/net/tcp6', 'utf8')))
      .split('\n')
      .map((row) => row.trim().split(/\s+/));
    const listening = rows
      .filter((row) => row[3] === '0A' && inodes.has(row[9] ?? ''))
      .map((row) => row[1]?.split(':')[0]);
    expect(listening.length).toBeGreaterThan(0);
    expect(new Set(listening)).toEqual(new Set(['0100007F']));
  });

  it('a second start is ignored with a reason', async () => {
    const again = await bench.json<{ outcome: string; reason: string }>(['vm-start', 'one']);
    expect(again).toMatchObject({ outcome: 'ignored' });
  });

  it('exec keeps exit code, stdin, stdout, stderr, environment and directory [R-43]', async () => {
    const run = await bench.run(
      [
        'exec',
        'one',
        '--env',
        'GREETING=hello world',
        '--workdir',
        '/tmp',
        '--',
        'sh',
        '-c',
        'cat; echo "$GREETING $PWD"; echo oops >&2; exit 7',
      ],
      { input: 'from stdin\n' },
    );
    expect(run).toMatchObject({ code: 7, stdout: 'from stdin\nhello world /tmp\n' });
    expect(run.stderr).toContain('oops');
    expect((await bench.run(['exec', 'one', '--', 'sh', '-c', 'kill -9 $$'])).code).toBe(137);
  });

  it('exec --timeout ends the command, and is a failure of ours (255)', async () => {
    const run = await bench.run(['exec', 'one', '--timeout', '1s', '--', 'sleep', '600']);
    expect(run.code).toBe(255);
    expect(run.stderr).toContain('guest.command-deadline');
    const left = await bench.run(['exec', 'one', '--', 'sh', '-c', 'ps | grep -c "[s]leep 600"']);
    expect(left.stdout.trim()).toBe('0');
  });

  it('ssh NAME -- cmd runs through the same door with the pinned host key', async () => {
    const run = await bench.run(['ssh', 'one', '--', 'hostname']);
    expect(run).toMatchObject({ code: 0, stdout: 'one\n' });
  });

  it('ssh-config is usable by the system ssh, which checks the host key', async () => {
    const config = await bench.ok(['ssh-config', 'one']);
    const path = join(bench.root, 'ssh-config');
    await writeFile(path, config.stdout);
    expect(config.stdout).not.toMatch(/StrictHostKeyChecking no/i);
    const { spawn } = await import('node:child_process');
    const host = /^Host (\S+)/m.exec(config.stdout)?.[1] ?? '';
    const done = await outcomeOf(
      spawn('ssh', ['-F', path, host, 'echo', 'by-system-ssh'], { stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    expect(done).toMatchObject({ code: 0, stdout: 'by-system-ssh\n' });
  });

  it('copy takes trees both ways and creates parents [R-125]', async () => {
    const local = await mkdtemp(join(bench.root, 'copy-'));
    await mkdir(join(local, 'tree', 'deep'), { recursive: true });
    await writeFile(join(local, 'tree', 'deep', 'a file'), 'x'.repeat(100_000), { mode: 0o750 });
    await bench.ok(['copy', join(local, 'tree'), 'one:/tmp/new/parent/tree']);
    await bench.ok(['copy', 'one:/tmp/new/parent/tree', join(local, 'back')]);
    expect(await readFile(join(local, 'back', 'deep', 'a file'), 'utf8')).toBe('x'.repeat(100_000));
    expect((await stat(join(local, 'back', 'deep', 'a file'))).mode & 0o777).toBe(0o750);
    const missing = await bench.run(['copy', 'one:/no/such/file', join(local, 'nothing')]);
    expect(missing.code).not.toBe(0);
    expect(missing.stderr).toContain('/no/such/file');
  });

  it('vm-port adds and removes a forward on the running VM', async () => {
    await bench.ok(['vm-port', 'add', '18091:7777', 'one']);
    await bench.ok(['exec', 'one', '--', 'sh', '-c', '(echo pong | nc -l -p 7777) >/dev/null 2>&1 &']);
    let heard = '';
    await until('an answer through the forward', async () => {
      heard = await new Promise<string>((resolve) => {
        const socket = connect(18_091, '127.0.0.1').setTimeout(2_000, () => socket.destroy());
        let text = '';
        socket.on('data', (chunk) => {
          text += String(chunk);
        });
        socket.on('error', () => resolve(''));
        socket.on('close', () => resolve(text));
      });
      return heard !== '';
    });
    expect(heard).toBe('pong\n');
    await bench.ok(['vm-port', 'remove', '18091', 'one']);
    const list = await bench.json<{ ports: readonly { host: number }[] }>(['vm-port', 'list', 'one']);
    expect(list.ports.map((port) => port.host)).not.toContain(18_091);
    expect(list.ports.map((port) => port.host)).toContain(18_080);
  });

  it('vm-logs shows the console, events carry generation and request', async () => {
    expect((await bench.ok(['vm-logs', 'one'])).stdout).toContain('Linux version');
    const events = (await bench.ok(['vm-logs', 'one', '--source', 'events'])).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; generation: number; requestId: string });
    expect(events.map((event) => event.type)).toEqual(
      expect.arrayContaining(['prepared', 'start_requested', 'launched', 'became_ready']),
    );
    const generations = events.map((event) => event.generation);
    expect(generations).toEqual([...generations].sort((a, b) => a - b));
    expect(new Set(generations).size).toBe(generations.length);
  });

  it('vm-set on a running VM says that it needs a restart, and does it with --restart', async () => {
    const refused = await bench.run(['vm-set', 'one', '--memory', '320M']);
    expect(refused.code).toBe(9);
    expect(refused.stderr).toContain('--restart');
    await bench.ok(['vm-set', 'one', '--memory', '320M', '--restart']);
    expect(await status()).toMatchObject({ state: 'ready', memoryMib: 320 });
    const kib = Number(
      (await bench.ok(['exec', 'one', '--', 'sh', '-c', "awk '/MemTotal/ {print $2}' /proc/meminfo"])).stdout,
    );
    expect(kib).toBeGreaterThan(256 * 1024);
  });

  it('what the guest wrote survives stop and start', async () => {
    await bench.ok(['exec', 'one', '--', 'sh', '-c', 'echo kept > "$HOME/note"; sync']);
    await bench.ok(['vm-restart', 'one']);
    expect((await bench.ok(['exec', 'one', '--', 'sh', '-c', 'cat "$HOME/note"'])).stdout).toBe('kept\n');
  });

  it('vm-stop powers the guest off by itself', async () => {
    await bench.ok(['vm-stop', 'one']);
    expect(await status()).toMatchObject({ state: 'stopped', lastExit: { reason: 'stopped', exitCode: 0 } });
    expect(await bench.processes()).toEqual([]);
    expect((await bench.run(['exec', 'one', '--', 'true'])).code).toBe(255);
  });

  it('vm-destroy lists what goes, asks without --yes, and leaves nothing [R-46] [R-99]', async () => {
    const refused = await bench.run(['vm-destroy', 'one']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--yes');
    expect((await bench.ok(['vm-destroy', 'one', '--yes'])).stdout).toContain('overlay disk');
    expect(await bench.leftovers()).toEqual([]);
    expect((await bench.run(['vm-status', 'one'])).code).toBe(9);
  });
});

describe('up, down and run', () => {
  it('up creates and starts, keeps, and says why; down stops [R-11]', async () => {
    const options = ['two', '--image', 'tiny', '--cpus', '1', '--memory', '256M', '--disk', '2G'];
    expect(await bench.json(['up', ...options])).toMatchObject({ action: 'created' });
    expect(await bench.json(['up', ...options])).toMatchObject({ action: 'kept' });
    const recreate = await bench.run([
      'up',
      'two',
      '--image',
      'tiny',
      '--cpus',
      '1',
      '--memory',
      '256M',
      '--disk',
      '1G',
    ]);
    expect(recreate.code).toBe(9);
    await bench.ok(['down', 'two']);
    expect(await bench.json(['up', ...options])).toMatchObject({ action: 'started' });
    await bench.ok(['vm-destroy', 'two', '--yes']);
    expect(await bench.leftovers()).toEqual([]);
  });

  it('run --rm syncs in, runs, copies out, ends with the code of the command, and leaves nothing [R-97]', async () => {
    const source = await mkdtemp(join(bench.root, 'src-'));
    await writeFile(join(source, 'input.txt'), 'abc');
    const result = join(bench.root, 'result');
    const run = await bench.run([
      'run',
      '--rm',
      '--image',
      'tiny',
      '--cpus',
      '1',
      '--memory',
      '256M',
      '--disk',
      '2G',
      '--sync',
      `${source}:/src`,
      '--out',
      `/src/out:${result}`,
      '--',
      'sh',
      '-c',
      'mkdir -p /src/out; tr a-z A-Z </src/input.txt >/src/out/upper.txt; echo done; exit 3',
    ]);
    expect(run).toMatchObject({ code: 3, stdout: 'done\n' });
    expect(await readFile(join(result, 'upper.txt'), 'utf8')).toBe('ABC');
    expect(await bench.leftovers()).toEqual([]);
    await rm(result, { recursive: true, force: true });
  });
});
