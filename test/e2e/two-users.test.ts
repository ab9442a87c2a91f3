import { chmod, chown, copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CommandOptions, outcomeOf, until, Workbench } from '../support/workbench.ts';

// Becoming another user is root's.
const root = process.getuid?.() === 0;
const nobody = 65_534;
const size = ['--cpus', '1', '--memory', '256M', '--disk', '2G'];
let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.make();
  await bench.ok(['fetch-image', '--image', 'tiny']);
}, 300_000);
afterEach(async () => {
  await bench.run(['vm-destroy', 'x', '--yes']);
});
afterAll(() => bench.dispose());

interface Status {
  readonly vm: {
    readonly state: string;
    readonly ports: readonly { readonly host: number; readonly purpose: string }[];
  };
}

const sshPort = ({ vm }: Status): number | undefined => vm.ports.find(({ purpose }) => purpose === 'ssh')?.host;

/** Everything that the second user has of its own; the image is a copy that both may read. */
async function secondUser(): Promise<{ image: string; options: CommandOptions }> {
  const fetched = await bench.json<{ image: { path: string } }>(['fetch-image', '--image', 'tiny']);
  const image = join(bench.root, 'tiny.qcow2');
  await copyFile(fetched.image.path, image);
  await chmod(image, 0o644);
  await chmod(bench.root, 0o755);
  const env: Record<string, string> = {};
  for (const name of ['HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME', 'XDG_DATA_HOME', 'XDG_RUNTIME_DIR']) {
    const own = join(bench.root, `n-${name.slice(0, 6)}`);
    await mkdir(own, { mode: 0o700, recursive: true });
    await chown(own, nobody, nobody);
    env[name] = own;
  }
  return {
    image,
    options: { uid: nobody, env: { ...env, SYSMONVM_WORKSPACE: join(env['HOME'] ?? '', 'ws') }, cwd: '/' },
  };
}

describe.skipIf(!root)('two users at once (needs root to become another)', () => {
  it('the same commands at the same moment: two VMs of the same name, nothing shared', async () => {
    const { image, options } = await secondUser();
    const up = ['up', 'x', '--image', image, '--port', '18080:80', ...size];
    const users: readonly CommandOptions[] = [{}, options];
    const both = await Promise.all(users.map((user) => bench.run(['up', 'x', '--image', image, ...size], user)));
    for (const { code, stderr } of both) expect(code, stderr).toBe(0);
    const ports = await Promise.all(
      users.map(async (user) => sshPort(await bench.json<Status>(['vm-status', 'x'], user))),
    );
    expect(new Set(ports).size).toBe(2);
    expect(ports).not.toContain(undefined);
    for (const [index, user] of users.entries()) {
      await bench.ok(['exec', 'x', '--', 'sh', '-c', `echo ${index} >/tmp/who`], user);
    }
    for (const [index, user] of users.entries())
      expect((await bench.ok(['exec', 'x', '--', 'cat', '/tmp/who'], user)).stdout).toBe(`${index}\n`);
    expect((await stat(join(bench.root, 'n-XDG_RU'))).uid).toBe(nobody);
    await Promise.all(users.map((user) => bench.ok(['vm-destroy', 'x', '--yes'], user)));
    // A fixed port is had by one of them; the other is told so.
    const fixed = await Promise.all(users.map((user) => bench.run([...up, '--no-wait'], user)));
    const refused = fixed.filter(({ code }) => code !== 0);
    expect(refused.length).toBe(1);
    expect(refused[0]?.stderr).toContain('host.port-in-use');
    await Promise.all(users.map((user) => bench.ok(['vm-destroy', 'x', '--yes'], user)));
    expect(await bench.leftovers()).toEqual([]);
  });
});

describe('a port that is lost between our look and the bind of QEMU', () => {
  /** QEMU behind a script that, the first time, names its port and waits until it was taken. */
  async function hesitantQemu(): Promise<{ folder: string; asked: string }> {
    const folder = join(bench.root, 'bin');
    await mkdir(folder, { recursive: true });
    const program = join(folder, 'qemu-system-x86_64');
    const script = `#!/bin/sh
port=$(printf '%s\\n' "$@" | sed -n 's/.*hostfwd=tcp:127.0.0.1:\\([0-9]*\\)-.*/\\1/p')
if [ -n "$port" ] && mkdir "$0.once" 2>/dev/null; then
  echo "$port" >"$0.port.new"; mv "$0.port.new" "$0.port"
  while [ ! -e "$0.taken" ]; do sleep 0.05; done
fi
exec /usr/bin/qemu-system-x86_64 "$@"
`;
    await writeFile(program, script, { mode: 0o755 });
    return { folder, asked: program };
  }

  it('is replaced by another, and the VM starts', async () => {
    const { folder, asked } = await hesitantQemu();
    const env = { PATH: `${folder}:${bench.env['PATH']}`, XDG_CACHE_HOME: bench.env['XDG_CACHE_HOME'] ?? '' };
    await bench.ok(['vm-create', 'x', '--image', 'tiny', ...size], { env });
    const starting = outcomeOf(bench.spawn(['vm-start', 'x', '--no-wait'], { env }));
    let text: string | undefined;
    await until('QEMU is about to listen', async () => {
      text = await readFile(`${asked}.port`, 'utf8').catch(() => undefined);
      return text !== undefined;
    });
    const thief = createServer();
    await new Promise<void>((resolve) => thief.listen(Number(text), '127.0.0.1', resolve));
    await writeFile(`${asked}.taken`, '');
    const { code, stderr } = await starting;
    thief.close();
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('another program took a port');
    const status = await bench.json<Status>(['vm-status', 'x']);
    expect(status.vm.state).toBe('booting');
    expect(sshPort(status)).not.toBe(Number(text));
    await bench.ok(['vm-destroy', 'x', '--yes']);
    expect(await bench.leftovers()).toEqual([]);
  });
});
