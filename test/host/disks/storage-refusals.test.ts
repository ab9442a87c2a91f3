import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandOptions, until, Workbench } from '../../support/workbench.ts';

// Mounting and becoming another user are root's. Root itself is refused nothing by permissions, so a user is needed.
const root = process.getuid?.() === 0;
const nobody = 65_534;
const loopDevices = root && existsSync('/dev/loop-control');
const size = ['--image', 'tiny', '--cpus', '1', '--memory', '256M', '--disk', '2G'];

let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.make();
  await bench.ok(['fetch-image', '--image', 'tiny']);
}, 300_000);
afterAll(() => bench.dispose());

async function withTmpfs<T>(options: string, work: (path: string, inBench: Workbench) => Promise<T>): Promise<T> {
  const path = join(bench.root, 'small');
  await mkdir(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
  try {
    return await work(path, await Workbench.make({ sameUserAs: bench, workspace: path }));
  } finally {
    execFileSync('umount', [path]);
  }
}

async function withExt4<T>(mib: number, work: (path: string, inBench: Workbench) => Promise<T>): Promise<T> {
  const [path, file] = [join(bench.root, 'ext4'), join(bench.root, 'ext4.img')];
  await mkdir(path, { recursive: true });
  execFileSync('truncate', ['-s', `${mib}M`, file]);
  execFileSync('mkfs.ext4', ['-q', '-F', '-m', '0', file]);
  execFileSync('mount', ['-o', 'loop', file, path]);
  try {
    return await work(path, await Workbench.make({ sameUserAs: bench, workspace: join(path, 'ws') }));
  } finally {
    execFileSync('umount', [path]);
    await rm(file);
  }
}

/** To the last byte: large blocks first, then small ones. */
function fillUp(path: string): void {
  const fill =
    'for size in 1M 4k 512 1; do dd if=/dev/zero of="$0/ballast.$$.$size" bs=$size 2>/dev/null || true; done';
  execFileSync('sh', ['-c', fill, path]);
}

interface Refusal {
  readonly error: {
    readonly code: string;
    readonly exitCode: number;
    readonly message: string;
    readonly next: readonly string[];
  };
}

async function refusal(workbench: Workbench, args: readonly string[], options: CommandOptions = {}): Promise<Refusal> {
  const outcome = await workbench.run([...args, '--json'], options);
  expect(outcome.code, `${outcome.stdout}\n${outcome.stderr}`).toBe(4);
  return JSON.parse(outcome.stderr.trim().split('\n').at(-1) ?? '') as Refusal;
}

describe.skipIf(!root)('a full disk: a small tmpfs as workspace [R-30]', () => {
  // From "no room for the first file" to "all but the last file fits".
  it.each([4, 8, 12, 20, 32, 48, 96, 160, 192, 256, 384, 512])(
    'of %i KiB: vm-create makes a whole VM, or says host.no-space (exit 4) and leaves nothing',
    async (kib) => {
      await withTmpfs(`size=${kib}k`, async (path, small) => {
        const outcome = await small.run(['vm-create', 'x', ...size, '--json']);
        const left = (await readdir(join(path, 'vms')).catch(() => [])).filter((name) => !name.startsWith('.'));
        if (outcome.code === 0) {
          expect(left.length).toBe(1);
          return;
        }
        expect(outcome.code, `${outcome.stdout}\n${outcome.stderr}`).toBe(4);
        expect(outcome.stderr).toContain('host.no-space');
        expect(outcome.stderr).toContain(path);
        expect(left).toEqual([]);
        expect(await readdir(path, { recursive: true })).toEqual(await readdir(path));
      });
    },
  );

  it('that fills up later: vm-start is refused, nothing runs, the VM stays listed; with room again it goes', async () => {
    await withTmpfs('size=2m', async (path, small) => {
      await small.ok(['vm-create', 'x', ...size]);
      fillUp(path);
      const start = await small.run(['vm-start', 'x']);
      expect(start.code, start.stderr).toBe(4);
      expect(start.stderr).toContain('host.no-space');
      expect(await small.processes()).toEqual([]);
      const { vms } = await small.json<{ vms: { name: string }[] }>(['vm-list']);
      expect(vms.map((vm) => vm.name)).toEqual(['x']);
      for (const name of await readdir(path)) if (name.startsWith('ballast')) await rm(join(path, name));
      await small.ok(['vm-destroy', 'x', '--yes']);
      expect(await small.leftovers()).toEqual([]);
    });
  });

  it('that fills up while the VM runs: vm-destroy, the remedy that is printed, needs no room', async () => {
    await withTmpfs('size=4m', async (path, small) => {
      await small.ok(['vm-create', 'x', ...size]);
      await small.ok(['vm-start', 'x', '--no-wait']);
      fillUp(path);
      const { error } = await refusal(small, ['vm-create', 'y', ...size]);
      expect(error.code).toBe('host.no-space');
      expect(error.next.join('\n')).toContain('sysmonvm vm-destroy');
      await small.ok(['df']);
      await small.ok(['vm-destroy', 'x', '--yes']);
      expect(await readdir(join(path, 'vms'))).toEqual([]);
      expect(await small.leftovers()).toEqual([]);
    });
  });

  it('with the port registry on it too: what a killed QEMU left is destroyed, and vm-gc ends well', async () => {
    await withTmpfs('size=4m', async (path, small) => {
      const env = { XDG_STATE_HOME: join(path, 'state') };
      await small.ok(['vm-create', 'x', ...size], { env });
      await small.ok(['vm-start', 'x', '--no-wait'], { env });
      for (const { pid } of await small.processes()) process.kill(pid, 'SIGKILL');
      await until('all is gone', async () => (await small.processes()).length === 0);
      fillUp(path);
      await small.ok(['vm-destroy', 'x', '--yes'], { env });
      fillUp(path);
      await small.ok(['vm-gc'], { env });
      expect(await readdir(join(path, 'vms'))).toEqual([]);
    });
  });

  it.skipIf(!loopDevices)('of ext4 (needs a loop device), to the last block: vm-destroy and vm-gc', async () => {
    await withExt4(16, async (path, small) => {
      for (const name of ['x', 'y', 'z']) await small.ok(['vm-create', name, ...size]);
      await small.ok(['vm-start', 'y', '--no-wait']);
      fillUp(path);
      await small.ok(['vm-destroy', 'x', '--yes']);
      fillUp(path);
      await small.ok(['vm-destroy', 'y', '--yes']);
      fillUp(path);
      await small.ok(['vm-gc', '--older-than', '0s']);
      expect(await readdir(join(small.workspace, 'vms'))).toEqual([]);
      expect(await small.leftovers()).toEqual([]);
    });
  });
});

describe.skipIf(!root)('a workspace that may not be written: host.permission, exit 4', () => {
  it('a read-only mount, also for root; what is there can still be looked at', async () => {
    await withTmpfs('size=16m', async (path, readOnly) => {
      await readOnly.ok(['vm-create', 'there', ...size]);
      execFileSync('mount', ['-o', 'remount,ro', path]);
      const { error } = await refusal(readOnly, ['vm-create', 'x', ...size]);
      expect(error).toMatchObject({ code: 'host.permission' });
      expect(error.message).toContain(path);
      expect(error.next.length).toBeGreaterThan(0);
      const { vms } = await readOnly.json<{ vms: { name: string; state: string }[] }>(['vm-list']);
      expect(vms).toMatchObject([{ name: 'there', state: 'stopped' }]);
      for (const args of [
        ['vm-start', 'there'],
        ['vm-destroy', 'there', '--yes'],
      ])
        expect((await refusal(readOnly, args)).error.code).toBe('host.permission');
      expect(await readOnly.processes()).toEqual([]);
    });
  });

  it('a directory of root, for an ordinary user', async () => {
    const workspace = join(bench.root, 'of-root');
    const image = join(bench.root, 'tiny.qcow2');
    const fetched = await bench.json<{ image: { path: string } }>(['fetch-image', '--image', 'tiny']);
    await copyFile(fetched.image.path, image);
    await chmod(image, 0o644);
    await chmod(bench.root, 0o755);
    await mkdir(workspace, { mode: 0o755 });
    const env: Record<string, string> = { SYSMONVM_WORKSPACE: workspace };
    for (const name of ['HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME', 'XDG_DATA_HOME', 'XDG_RUNTIME_DIR']) {
      const own = join(bench.root, `nobody-${name}`);
      await mkdir(own, { mode: 0o700 });
      await chown(own, nobody, nobody);
      env[name] = own;
    }
    const create = ['vm-create', 'x', '--image', image, '--cpus', '1', '--memory', '256M', '--disk', '2G'];
    const { error } = await refusal(bench, create, { uid: nobody, env, cwd: '/' });
    expect(error).toMatchObject({ code: 'host.permission' });
    expect(error.message).toContain(workspace);
    expect(error.next.join('\n')).toContain('--workspace');
    expect(await readdir(workspace)).toEqual([]);
    // The same user with a workspace of its own is refused nothing.
    const own = join(env['HOME'] ?? '', 'ws');
    await bench.ok(create, { uid: nobody, env: { ...env, SYSMONVM_WORKSPACE: own }, cwd: '/' });
    await bench.ok(['vm-destroy', 'x', '--yes'], { uid: nobody, env: { ...env, SYSMONVM_WORKSPACE: own }, cwd: '/' });
  });
});
