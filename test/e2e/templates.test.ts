import { execFileSync } from 'node:child_process';
import { mkdir, open, readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { moments } from '../support/moments.ts';
import { outcomeOf, until, Workbench } from '../support/workbench.ts';

// Mounting is root's.
const root = process.getuid?.() === 0;
const size = ['--image', 'tiny', '--cpus', '1', '--memory', '256M', '--disk', '2G'];

interface Vm {
  readonly name: string;
  readonly state: string;
  readonly directory: string;
  readonly template?: { readonly name: string };
  readonly mac?: { readonly address: string; readonly note: string };
  readonly ssh?: { readonly port: number };
  readonly boot: readonly { readonly name: string }[];
}
interface Template {
  readonly name: string;
  readonly directory: string;
  readonly usedBy: readonly string[];
  readonly automatic: boolean;
}

let bench: Workbench;
const vms = async () => (await bench.json<{ vms: readonly Vm[] }>(['vm-list'])).vms;
const vmOf = async (name: string) => (await bench.json<{ vm: Vm }>(['vm-status', name])).vm;
const templates = async () => (await bench.json<{ templates: readonly Template[] }>(['template', 'list'])).templates;
const inGuest = async (name: string, script: string) =>
  (await bench.ok(['exec', name, '--', 'sh', '-c', script])).stdout.trim();
const forked = async (...args: string[]) =>
  (await bench.json<{ forks: readonly { readonly vm: Vm }[] }>(['fork', 'shared', ...args])).forks.map(({ vm }) => vm);
const markNames = (vm: Vm) => vm.boot.map(({ name }) => name);

/** Counts on, as long as its guest goes on. */
const counter = 'setsid sh -c "while :; do date +%s >>~/beats; sleep 0.2; done" >/dev/null 2>&1 </dev/null & echo $!';
const beats = async (name: string) => Number(await inGuest(name, 'wc -l <~/beats'));

/** State of a VM as it lies on disk now. */
async function stateOnDisk(name: string): Promise<string | undefined> {
  const folder = join(bench.workspace, 'vms');
  const read = async (id: string, file: string) =>
    JSON.parse(await readFile(join(folder, id, file), 'utf8').catch(() => '{}')) as Record<string, unknown>;
  for (const id of await readdir(folder).catch(() => [] as string[]))
    if ((await read(id, 'vm.json'))['name'] === name)
      return ((await read(id, 'state.json'))['state'] as { kind: string } | undefined)?.kind;
  return undefined;
}

async function inTemplates(pattern: RegExp): Promise<boolean> {
  const entries = await readdir(join(bench.workspace, 'templates'), { recursive: true }).catch(() => [] as string[]);
  return entries.some((entry) => pattern.test(entry));
}

async function killAt(args: readonly string[], moment: () => Promise<boolean>): Promise<void> {
  const child = bench.spawn(args);
  const done = outcomeOf(child);
  while (child.exitCode === null && !(await moment())) await new Promise((resolve) => setTimeout(resolve, 1));
  child.kill('SIGKILL');
  await done;
}

beforeAll(async () => {
  bench = await Workbench.make();
  await bench.ok(['fetch-image', '--image', 'tiny']);
  await bench.ok(['template', 'create', 'shared', ...size]);
}, 300_000);
afterEach(async () => {
  for (const { name } of await vms()) await bench.ok(['vm-destroy', name, '--yes']);
  for (const { name } of (await templates()).filter((template) => template.name !== 'shared').toReversed())
    await bench.ok(['template', 'destroy', name, '--yes']);
  await bench.ok(['vm-gc']);
  expect(await bench.leftovers()).toEqual([]);
  expect(await inTemplates(/^\.(new|gone)-/)).toBe(false);
});
afterAll(() => bench.dispose());

describe('forks of one template', () => {
  it('are machines of their own, each on a network segment of its own, with the right time', async () => {
    const both = await forked('--count', '2', '--prefix', 'twin');
    const asks = {
      machineId: 'cat /etc/machine-id',
      hostname: 'hostname',
      random: 'head -c 16 /dev/urandom | od -An -tx1',
      authorized: 'cat ~/.ssh/authorized_keys',
    };
    for (const [what, script] of Object.entries(asks)) {
      const answers = await Promise.all(both.map(({ name }) => inGuest(name, script)));
      expect(answers[0], what).not.toBe('');
      expect(new Set(answers).size, what).toBe(2);
    }
    // Every command so far was let in by the host key that is pinned here.
    const files = await Promise.all(
      ['known_hosts', 'id_ed25519', 'resources.json'].map((file) =>
        Promise.all(both.map(({ directory }) => readFile(join(directory, file), 'utf8'))),
      ),
    );
    for (const [one, other] of files) expect(one).not.toBe(other);
    expect(new Set(both.map((vm) => vm.ssh?.port)).size).toBe(2);
    expect(await Promise.all(both.map(({ name }) => inGuest(name, 'hostname')))).toEqual(['twin-1', 'twin-2']);
    for (const vm of both) {
      const before = Math.floor(Date.now() / 1000);
      const guest = Number(await inGuest(vm.name, 'date +%s'));
      expect(guest).toBeGreaterThanOrEqual(before - 1);
      expect(guest).toBeLessThanOrEqual(Date.now() / 1000 + 1);
      expect((await vmOf(vm.name)).mac?.note).toContain('segment of its own');
      expect(await readdir(vm.directory)).not.toContain('host_key');
    }
    const [mac] = new Set(both.map((vm) => vm.mac?.address));
    expect(await inGuest('twin-1', 'cat /sys/class/net/eth0/address')).toBe(mac);
    await inGuest('twin-1', 'setsid nc -l -p 5000 >/dev/null 2>&1 </dev/null & sleep 0.2');
    expect(await inGuest('twin-2', 'nc -w 2 10.0.2.15 5000 </dev/null && echo reached || echo alone')).toBe('alone');
    expect((await templates())[0]?.usedBy).toEqual(['twin-1', 'twin-2']);
  });

  it('have a network that goes on after the restore', async () => {
    const server = createServer((_, answer) => answer.end('from the host')).listen(0, '127.0.0.1');
    await until('it listens', () => server.listening);
    await forked('--prefix', 'net');
    const { port } = server.address() as AddressInfo;
    const ask = `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 10.0.2.2 ${port}`;
    expect(await inGuest('net-1', ask)).toContain('from the host');
    server.close();
  });

  it('ten at once: each is ready and itself', async () => {
    const ten = await forked('--count', '10', '--prefix', 'ten');
    expect(ten.map((vm) => vm.state)).toEqual(Array.from({ length: 10 }, () => 'ready'));
    for (const vm of ten) expect(markNames(vm)).toEqual(expect.arrayContaining(['state-loaded', 'identity-renewed']));
    const ids = await Promise.all(ten.slice(0, 3).map(({ name }) => inGuest(name, 'cat /etc/machine-id')));
    expect(new Set(ids).size).toBe(3);
  });

  it('a later cold boot keeps the identity of the fork', async () => {
    await bench.ok(['vm-create', 'later', '--template', 'shared', '--hostname', 'named']);
    expect((await vmOf('later')).state).toBe('stopped');
    await bench.ok(['vm-start', 'later']);
    expect(markNames(await vmOf('later'))).toContain('state-loaded');
    await inGuest('later', 'echo kept >~/mine; sync');
    await bench.ok(['vm-stop', 'later']);
    await bench.ok(['vm-start', 'later']);
    expect(markNames(await vmOf('later'))).toContain('kernel');
    expect(await inGuest('later', 'hostname; cat ~/mine')).toBe('named\nkept');
  });

  it('a setting that was frozen with the template is refused, by name, and so is a name that is none', async () => {
    const refused = await bench.run(['vm-create', 'x', '--template', 'shared', '--memory', '1G']);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--memory cannot be chosen')]);
    const name = await bench.run(['fork', 'shared', '--prefix', 'a,id=x']);
    expect([name.code, name.stderr]).toEqual([2, expect.stringContaining('cannot be the name of a VM')]);
  });

  it('run --rm in a fork: the exit code is the guest’s, nothing is left', async () => {
    const run = await bench.run(['run', '--rm', '--template', 'shared', '--', 'sh', '-c', 'echo out; exit 7']);
    expect([run.code, run.stdout]).toEqual([7, 'out\n']);
    expect(await vms()).toEqual([]);
  });

  it('killed while it is restored: the next start makes it ready', async () => {
    await bench.ok(['vm-create', 'x', '--template', 'shared']);
    await killAt(['vm-start', 'x'], async () => (await stateOnDisk('x')) === 'restoring');
    await bench.ok(['vm-start', 'x']);
    expect(await inGuest('x', 'hostname')).toBe('x');
    expect((await bench.processes()).filter(({ command }) => /^\S*qemu-system/.test(command)).length).toBe(1);
  });
});

describe('a template that is not what was sealed', () => {
  const part = async (name: string) => join((await templates())[0]?.directory ?? '', name);
  const invert = async (path: string) => {
    const file = await open(path, 'r+');
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 4096);
    await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, 4096);
    await file.close();
  };

  it.each(['state', 'ram'])('one bit of its %s: refused, also by verify; as it was, it is used again', async (name) => {
    await invert(await part(name));
    for (const command of [
      ['fork', 'shared'],
      ['template', 'verify', 'shared'],
    ]) {
      const refused = await bench.run(command);
      expect([refused.code, refused.stderr]).toEqual([9, expect.stringContaining('template.changed')]);
    }
    expect(await vms()).toEqual([]);
    await invert(await part(name));
    await bench.ok(['template', 'verify', 'shared']);
    await forked();
  });
});

describe('a template of another machine', () => {
  it('is refused, and what differs is named', async () => {
    const path = join((await templates())[0]?.directory ?? '', 'template.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/"qemu.digest": "sha256:[0-9a-f]{8}/, '"qemu.digest": "sha256:00000000'));
    const refused = await bench.run(['fork', 'shared']);
    expect([refused.code, refused.stderr]).toEqual([9, expect.stringContaining('template.other-machine')]);
    expect(refused.stderr).toContain('qemu.digest (sha256:00000000… → ');
    expect((await bench.ok(['template', 'list'])).stdout).toContain('other-machine');
    await writeFile(path, text);
    await forked();
  });

  it('a fork that was changed before its first start boots instead, and is told so', async () => {
    await bench.ok(['vm-create', 'x', '--template', 'shared']);
    expect((await bench.ok(['vm-set', 'x', '--memory', '300M'])).stderr).toContain('not restored from its template');
    await bench.ok(['vm-start', 'x']);
    expect(markNames(await vmOf('x'))).toContain('kernel');
    expect(await inGuest('x', 'hostname')).toBe('x');
  });
});

describe('a running VM becomes a template', () => {
  it('and goes on as its first fork, with its processes and its identity', async () => {
    await forked('--prefix', 'work');
    await inGuest('work-1', counter);
    const before = await inGuest('work-1', 'hostname; cat /etc/machine-id');
    await bench.ok(['template', 'create', 'taken', '--from', 'work-1']);
    expect(await vmOf('work-1')).toMatchObject({ state: 'ready', template: { name: 'taken' } });
    expect(await inGuest('work-1', 'hostname; cat /etc/machine-id')).toBe(before);
    const count = await beats('work-1');
    await until('it counts on', async () => (await beats('work-1')) > count);
    await bench.ok(['fork', 'taken', '--prefix', 'copy']);
    const copied = await beats('copy-1');
    await until('its fork counts too', async () => (await beats('copy-1')) > copied);
    expect(await inGuest('copy-1', 'cat /etc/machine-id')).not.toBe(before.split('\n')[1]);
    const refused = await bench.run(['template', 'destroy', 'taken', '--yes']);
    expect([refused.code, refused.stderr]).toEqual([9, expect.stringContaining('copy-1')]);
    const below = await bench.run(['template', 'destroy', 'shared', '--yes']);
    expect([below.code, below.stderr]).toEqual([9, expect.stringContaining('template taken')]);
  });

  it.each<readonly [string, RegExp]>(
    moments<readonly [string, RegExp]>([
      ['when the template begins to be filled', /^\.new-.*making\.json$/],
      ['when its state is saved', /^\.new-[^/]*\/state$/],
      ['when it is described', /^\.new-[^/]*\/template\.json$/],
      ['when it is published', /^taken\/template\.json$/],
    ]),
  )('killed %s: a whole template or none, and the VM has lost nothing', async (_, moment) => {
    await forked('--prefix', 'work');
    await inGuest('work-1', `${counter}; echo kept >~/mine; sync`);
    await killAt(['template', 'create', 'taken', '--from', 'work-1'], () => inTemplates(moment));
    await bench.run(['vm-gc']);
    await bench.ok(['vm-start', 'work-1']);
    expect(await inGuest('work-1', 'hostname; cat ~/mine')).toBe('work-1\nkept');
    const count = await beats('work-1');
    await until('it counts on', async () => (await beats('work-1')) > count);
    const made = (await templates()).some(({ name }) => name === 'taken');
    expect((await vmOf('work-1')).template?.name).toBe(made ? 'taken' : 'shared');
    if (made) await bench.ok(['fork', 'taken', '--prefix', 'copy']);
    else expect((await bench.run(['fork', 'taken'])).stderr).toContain('template.not-found');
  });
});

describe('--warm', () => {
  it('makes the template once, forks it from then on, and makes it anew when it must, saying why', async () => {
    const first = await bench.run(['run', '--rm', '--warm', ...size, '--', 'sh', '-c', 'exit 7']);
    expect([first.code, first.stderr]).toEqual([7, expect.stringContaining('no template of this configuration yet')]);
    const automatic = (await templates()).find((template) => template.automatic);
    expect(await vms()).toEqual([]);

    const second = await bench.ok(['up', 'w', '--warm', ...size]);
    expect(second.stderr).not.toContain('is made');
    expect(markNames(await vmOf('w'))).not.toContain('kernel');
    expect((await vmOf('w')).template?.name).toBe(automatic?.name);
    expect((await bench.ok(['up', 'w', '--warm', ...size])).stdout).toMatch(/^kept/);
    await bench.ok(['vm-destroy', 'w', '--yes']);

    await truncate(join(automatic?.directory ?? '', 'disk.qcow2'), 1000);
    const refused = await bench.run(['fork', automatic?.name ?? '']);
    expect([refused.code, refused.stderr]).toEqual([9, expect.stringContaining('has 1000 bytes instead of')]);
    const changed = await bench.ok(['run', '--rm', '--warm', ...size, '--', 'true']);
    expect(changed.stderr).toContain('made anew');

    const other = [...size, '--memory', '288M'];
    const differs = await bench.ok(['up', 'w', '--warm', ...other]);
    expect(differs.stderr).toContain('differs in memoryMib (256 → 288)');
    expect((await templates()).filter((template) => template.automatic).length).toBe(2);

    expect((await bench.ok(['df'])).stdout).toMatch(/^template +warm-tiny-\S+ +\S+ \S+ +w /m);
    const long = new Date(Date.now() - 15 * 86_400_000);
    for (const { directory, automatic: own } of await templates())
      if (own) await utimes(join(directory, 'template.json'), long, long);
    const swept = await bench.ok(['vm-gc']);
    expect(swept.stdout).toContain(`template ${automatic?.name}`);
    expect(swept.stdout).toContain('not used for 14 days');
    expect((await templates()).map(({ usedBy }) => usedBy)).toEqual([[], ['w']]);
  });

  it('vm-start --warm: only a VM that has never run can be a fork instead', async () => {
    await bench.ok(['vm-create', 'x', ...size]);
    await bench.ok(['vm-start', 'x', '--no-wait']);
    await bench.ok(['vm-stop', 'x', '--force']);
    const refused = await bench.run(['vm-start', 'x', '--warm']);
    expect([refused.code, refused.stderr]).toEqual([9, expect.stringContaining('has run')]);
  });
});

describe.runIf(root)('a full disk (mounting is root’s)', () => {
  it('refuses the template before anything is taken; the VM goes on and nothing is left', async () => {
    const small = join(bench.root, 'small');
    await mkdir(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300m', 'tmpfs', small]);
    const inSmall = await Workbench.make({ sameUserAs: bench, workspace: small });
    try {
      const booted = await inSmall.run(['template', 'create', 't', ...size]);
      expect(booted.stderr).toContain('host.no-space');
      await inSmall.ok(['up', 'x', ...size]);
      const taken = await inSmall.run(['template', 'create', 't', '--from', 'x']);
      expect(taken.stderr).toContain('host.no-space');
      expect((await inSmall.ok(['exec', 'x', '--', 'echo', 'alive'])).stdout).toBe('alive\n');
      await inSmall.ok(['vm-destroy', 'x', '--yes']);
      expect(await readdir(join(small, 'templates'))).toEqual([]);
    } finally {
      execFileSync('umount', [small]);
    }
  });
});

describe('forked while it is destroyed', () => {
  it('either the fork is there and the template stays, or the template is gone and there is no fork', async () => {
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const [fork, destroy] = await Promise.all([
        bench.run(['fork', 'shared', '--prefix', 'race']),
        new Promise((resolve) => setTimeout(resolve, attempt * 60)).then(() =>
          bench.run(['template', 'destroy', 'shared', '--yes']),
        ),
      ]);
      expect([fork.code, destroy.code].sort()).toEqual([0, 9]);
      if (fork.code === 0) expect(await inGuest('race-1', 'hostname')).toBe('race-1');
      else expect(await vms()).toEqual([]);
      for (const { name } of await vms()) await bench.ok(['vm-destroy', name, '--yes']);
      if (destroy.code === 0) return;
    }
    await bench.ok(['template', 'destroy', 'shared', '--yes']);
  });
});
