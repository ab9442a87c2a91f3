import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RenewalAnswer } from '../../../src/core/template/renewal.ts';
import { generateKeyPair } from '../../../src/host/ssh/key-pair.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const program = fileURLToPath(new URL('../../../templates/guest/renewal.py', import.meta.url));
const oldKey = 'ssh-ed25519 AAAAC3OLD template';
const ownKey = 'ssh-ed25519 AAAAC3OWN somebody';
const seconds = () => Math.floor(Date.now() / 1000);

/** A guest's files, as Debian and cloud-init leave them. */
const files: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0::/root:/bin/sh\nmia:x:1000:1000::/home/mia:/bin/sh\n',
  'etc/hostname': 'frozen\n',
  'etc/hosts': '127.0.0.1 localhost\n127.0.1.1 frozen.lan frozen\n10.0.0.9 other\n',
  'etc/machine-id': `${'a'.repeat(32)}\n`,
  'etc/ssh/ssh_host_ed25519_key': 'old private\n',
  'etc/ssh/ssh_host_ed25519_key.pub': 'old public\n',
  'etc/ssh/ssh_host_rsa_key': 'rsa private\n',
  'etc/ssh/ssh_host_rsa_key.pub': 'rsa public\n',
  'etc/ssh/sshd_config': 'UsePAM yes\n',
  'home/mia/.ssh/authorized_keys': `${oldKey}\n${ownKey}\n`,
  'root/.ssh/authorized_keys': `no-pty,command="echo no" ${oldKey}\n`,
  'proc/sys/kernel/hostname': 'frozen\n',
  'run/cloud-init/instance-data.json': '{"v1": {"instance_id": "vm-old"}}',
  'var/lib/cloud/data/instance-id': 'vm-old\n',
  'var/lib/cloud/data/previous-hostname': 'frozen\n',
  'var/lib/cloud/instances/vm-old/sem/config_ssh': '',
  'var/lib/dbus/machine-id': `${'a'.repeat(32)}\n`,
  'var/lib/systemd/random-seed': 's'.repeat(512),
  [`run/log/journal/${'a'.repeat(32)}/system.journal`]: 'entries',
};

async function guest(rtc = seconds()): Promise<string> {
  const root = await temporaryDirectory();
  for (const [path, content] of Object.entries({ ...files, 'sys/class/rtc/rtc0/since_epoch': `${rtc}\n` })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  await symlink('/var/lib/cloud/instances/vm-old', join(root, 'var/lib/cloud/instance'));
  await chmod(join(root, 'etc/ssh/ssh_host_ed25519_key'), 0o640);
  await chmod(join(root, 'home/mia/.ssh/authorized_keys'), 0o600);
  return root;
}

async function whole(): Promise<Record<string, unknown>> {
  const key = await generateKeyPair('fork host key');
  return {
    id: 'one',
    epochMs: Date.now(),
    hostname: 'fork',
    fqdn: 'fork.lan',
    machineId: 'b'.repeat(32),
    instanceId: 'vm-new',
    hostPrivateKey: key.privateKeyOpenSsh,
    hostPublicKey: key.publicKey,
    hostKeyPath: '/etc/ssh/ssh_host_ed25519_key',
    sshServer: 'openssh',
    user: 'mia',
    addAuthorizedKeys: ['ssh-ed25519 AAAAC3NEW fork of Zoë'],
    removeAuthorizedKeys: [oldKey],
    seed: Buffer.alloc(64, 7).toString('base64'),
    runHooks: true,
  };
}

function once(root: string, line: string): RenewalAnswer {
  const text = execFileSync('python3', [program, '--once', '--root', root], { input: `${line}\n`, encoding: 'utf8' });
  return JSON.parse(text) as RenewalAnswer;
}

const renewed = async (root: string, change: Record<string, unknown> = {}) =>
  once(root, JSON.stringify({ ...(await whole()), ...change }));
const text = (root: string, path: string) => readFile(join(root, path), 'utf8');

describe('the renewal program, once', () => {
  it('gives a guest its own names, keys, ids and random seed', async () => {
    const root = await guest();
    const message = await whole();
    const answer = once(root, JSON.stringify(message));
    expect(answer).toMatchObject({
      id: 'one',
      hostname: 'fork',
      machineId: 'b'.repeat(32),
      reseeded: true,
      hooks: [],
      errors: [],
    });
    expect(await text(root, 'etc/hostname')).toBe('fork\n');
    expect(await text(root, 'etc/hosts')).toBe('127.0.0.1 localhost\n127.0.1.1 fork.lan fork\n10.0.0.9 other\n');
    expect(await text(root, 'etc/machine-id')).toBe(`${'b'.repeat(32)}\n`);
    expect(await text(root, 'var/lib/dbus/machine-id')).toBe(`${'b'.repeat(32)}\n`);
    expect(await text(root, 'etc/ssh/ssh_host_ed25519_key')).toBe(message['hostPrivateKey']);
    expect(await text(root, 'etc/ssh/ssh_host_ed25519_key.pub')).toBe(`${message['hostPublicKey']}\n`);
    expect((await readdir(join(root, 'etc/ssh'))).sort()).toEqual([
      'ssh_host_ed25519_key',
      'ssh_host_ed25519_key.pub',
      'sshd_config',
    ]);
    const seed = await text(root, 'var/lib/systemd/random-seed');
    expect(seed).not.toBe('s'.repeat(512));
  });

  it('keeps mode and other lines of what it changes', async () => {
    const root = await guest();
    await renewed(root);
    expect((await stat(join(root, 'etc/ssh/ssh_host_ed25519_key'))).mode & 0o777).toBe(0o640);
    expect((await stat(join(root, 'home/mia/.ssh/authorized_keys'))).mode & 0o777).toBe(0o600);
    expect(await text(root, 'home/mia/.ssh/authorized_keys')).toBe(`${ownKey}\nssh-ed25519 AAAAC3NEW fork of Zoë\n`);
    expect(await text(root, 'root/.ssh/authorized_keys')).toBe('');
  });

  it('moves what is named by an id, so that cloud-init and the journal find it again', async () => {
    const root = await guest();
    await renewed(root);
    expect(await readdir(join(root, 'var/lib/cloud/instances'))).toEqual(['vm-new']);
    expect(await readlink(join(root, 'var/lib/cloud/instance'))).toBe('/var/lib/cloud/instances/vm-new');
    expect(await text(root, 'var/lib/cloud/data/instance-id')).toBe('vm-new\n');
    expect(await text(root, 'var/lib/cloud/data/previous-instance-id')).toBe('vm-old\n');
    expect(await text(root, 'run/cloud-init/instance-data.json')).toContain('"vm-new"');
    expect(await readdir(join(root, 'run/log/journal'))).toEqual(['b'.repeat(32)]);
  });

  it('done twice it is as done once', async () => {
    const root = await guest();
    const line = JSON.stringify(await whole());
    once(root, line);
    const before = await text(root, 'etc/hosts');
    expect(once(root, line).errors).toEqual([]);
    expect(await text(root, 'etc/hosts')).toBe(before);
    expect((await text(root, 'home/mia/.ssh/authorized_keys')).match(/AAAAC3NEW/g)).toHaveLength(1);
  });

  it('runs the hooks in order and tells how each ended and what it said last', async () => {
    const root = await guest();
    const hooks = join(root, 'var/lib/cloud/scripts/per-instance');
    await mkdir(hooks, { recursive: true });
    await writeFile(join(hooks, '20-fails'), '#!/bin/sh\necho no licence >&2\nexit 3\n', { mode: 0o755 });
    await writeFile(join(hooks, '10-works'), `#!/bin/sh\necho first >>${root}/order\n`, { mode: 0o755 });
    await writeFile(join(hooks, '15-not-executable'), '#!/bin/sh\nexit 9\n', { mode: 0o644 });
    const answer = await renewed(root);
    expect(answer.hooks.map(({ path, exitCode, tail }) => [path.split('/').at(-1), exitCode, tail])).toEqual([
      ['10-works', 0, ''],
      ['20-fails', 3, 'no licence\n'],
    ]);
    expect((await renewed(root, { runHooks: false })).hooks).toEqual([]);
  });

  it('takes the host’s time when its RTC agrees, else the RTC’s', async () => {
    const agreeing = await renewed(await guest(seconds()), { epochMs: Date.now() + 1_000 });
    expect(agreeing.epochMs - Date.now()).toBeGreaterThan(500);
    // A message that waited for an hour in a queue.
    const old = await renewed(await guest(seconds()), { epochMs: Date.now() - 3_600_000 });
    expect(Math.abs(old.epochMs - Date.now())).toBeLessThan(5_000);
    const wrong = await renewed(await guest(seconds() - 7_200), { epochMs: Date.now() });
    expect(Date.now() - wrong.epochMs).toBeGreaterThan(7_000_000);
  });

  it('one part that fails is told and does not keep the others from being done', async () => {
    const root = await guest();
    const answer = await renewed(root, { user: 'nobody-here', hostPrivateKey: 'junk', sshServer: 'dropbear' });
    expect(answer.errors).toHaveLength(2);
    expect(answer.errors.join('\n')).toMatch(/SSH host key: [\s\S]*authorized keys: no user nobody-here/);
    expect(await text(root, 'etc/hostname')).toBe('fork\n');
  });

  it.each(['{"id": 7}', 'not JSON', '[]', '{"id": "x"', ''])('answers to %j with an error', async (line) => {
    const answer = once(await guest(), line);
    expect(answer.errors.join()).toContain('the message cannot be read');
    expect(answer.hostname).toBe('frozen');
  });
});

/** Over one end of a socket pair, as over the port of a guest. */
async function withResident(
  root: string,
  work: (port: Socket, answer: () => Promise<RenewalAnswer>, child: ChildProcess) => Promise<void>,
): Promise<void> {
  const child = spawn('python3', [program, '--root', root, '--fd', '3', '--tick', '0.2'], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const port = child.stdio[3] as Socket;
  const lines = createInterface({ input: port })[Symbol.asyncIterator]();
  try {
    await work(port, async () => JSON.parse((await lines.next()).value as string) as RenewalAnswer, child);
  } finally {
    child.kill();
  }
}

describe('the renewal program, resident', () => {
  it('answers to each line in turn, to one in pieces and to a broken one', async () => {
    await withResident(await guest(), async (port, answer) => {
      port.write('{"id": "a"}\n{"id": "b"}\n{"id":');
      expect([(await answer()).id, (await answer()).id]).toEqual(['a', 'b']);
      port.write(' "c", "hostname": "other"}\nrubbish\n');
      expect(await answer()).toMatchObject({ id: 'c', hostname: 'other', errors: [] });
      expect((await answer()).errors.join()).toContain('the message cannot be read');
      port.write(`${JSON.stringify(await whole())}\n`);
      expect(await answer()).toMatchObject({ hostname: 'fork', errors: [] });
    });
  });

  it('sets the clock when the RTC went on and the guest did not', async () => {
    const root = await guest(seconds());
    await withResident(root, async (port, answer) => {
      port.write('{"id": "a"}\n');
      expect(Math.abs((await answer()).epochMs - Date.now())).toBeLessThan(5_000);
      await writeFile(join(root, 'sys/class/rtc/rtc0/since_epoch'), `${seconds() + 600}\n`);
      // It waits for the beginning of a second of the RTC, unless a message comes.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      port.write('{"id": "b"}\n');
      expect((await answer()).epochMs - Date.now()).toBeGreaterThan(500_000);
    });
  });

  it('sleeps when nobody is at the other end', async () => {
    await withResident(await guest(), async (port, answer, child) => {
      port.write('{"id": "a"}\n');
      await answer();
      port.destroy();
      const spent = async () => {
        const fields = (await text('/proc', `${child.pid}/stat`)).split(') ')[1]?.split(' ') ?? [];
        return Number(fields[11]) + Number(fields[12]);
      };
      const before = await spent();
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      expect(child.exitCode).toBeNull();
      // In hundredths of a second; a loop that does not sleep spends nearly 200.
      expect((await spent()) - before).toBeLessThan(50);
    });
  });
});
