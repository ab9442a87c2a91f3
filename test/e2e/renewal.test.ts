import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Workbench } from '../support/workbench.ts';

let bench: Workbench;
const inGuest = async (name: string, script: string) =>
  (await bench.ok(['exec', name, '--', 'sh', '-c', script])).stdout.trim();
const hooks = '/var/lib/cloud/scripts/per-instance';
const writeHook = (lines: string) =>
  inGuest(
    'source',
    `sudo mkdir -p ${hooks}; printf '%s\\n' ${lines} | sudo tee ${hooks}/10-note; sudo chmod 755 ${hooks}/10-note`,
  );
const shownHostKey = async (name: string) => {
  const { vm } = await bench.json<{ vm: { ssh: { port: number } } }>(['vm-status', name]);
  const scan = ['-T', '30', '-t', 'ed25519', '-p', String(vm.ssh.port), '127.0.0.1'];
  return execFileSync('ssh-keyscan', scan, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    .split(' ')
    .at(-1);
};

beforeAll(async () => {
  bench = await Workbench.make();
  await bench.ok(['vm-create', 'source', '--image', 'tiny', '--cpus', '1', '--memory', '256M', '--disk', '2G']);
  await bench.ok(['vm-start', 'source']);
}, 300_000);
afterAll(() => bench.dispose());

it('a guest without Python is not frozen, and is told why', async () => {
  await inGuest('source', 'sudo mv /usr/bin/python3 /usr/bin/python3.away');
  const refused = await bench.run(['template', 'create', 'none', '--from', 'source']);
  expect(refused.stderr).toContain('template.not-freezable');
  expect(refused.stderr).toContain('Python');
  await inGuest('source', 'sudo mv /usr/bin/python3.away /usr/bin/python3');
});

it('a fork runs the user’s per-instance hooks as itself, and shows the host key that is pinned', async () => {
  await inGuest('source', 'echo secret-command >.ash_history');
  await writeHook(`'#!/bin/sh' 'hostname >/root/noted'`);
  await bench.ok(['template', 'create', 'hooked', '--from', 'source']);
  await bench.ok(['fork', 'hooked', '--count', '2', '--prefix', 'of']);
  for (const name of ['of-1', 'of-2']) expect(await inGuest(name, 'sudo cat /root/noted')).toBe(name);
  const names = ['source', 'of-1', 'of-2'];
  const all = async (ask: (name: string) => Promise<string | undefined>) =>
    new Set(await Promise.all(names.map(ask))).size;
  expect(await all(shownHostKey), 'host keys').toBe(3);
  for (const file of ['/var/lib/cloud/data/instance-id', '/etc/machine-id', '/etc/hostname', '.ssh/authorized_keys']) {
    expect(await all((name) => inGuest(name, `cat ${file}`)), file).toBe(3);
  }
  expect(await inGuest('of-1', 'test -e .ash_history && cat .ash_history || echo none')).toBe('none');
  await bench.ok(['vm-destroy', 'of-1', '--yes']);
  await bench.ok(['vm-destroy', 'of-2', '--yes']);
});

it('a hook that fails fails the fork, with its name and its words', async () => {
  await writeHook(`'#!/bin/sh' 'echo no licence for this machine >&2' 'exit 3'`);
  await bench.ok(['template', 'create', 'failing', '--from', 'source']);
  const failed = await bench.run(['fork', 'failing', '--prefix', 'never']);
  expect(failed.code).not.toBe(0);
  expect(failed.stderr).toContain('guest.renewal-failed');
  expect(failed.stderr).toContain(`${hooks}/10-note ended with 3: no licence for this machine`);
  const { vms } = await bench.json<{ vms: readonly { name: string }[] }>(['vm-list']);
  for (const { name } of vms) await bench.ok(['vm-destroy', name, '--yes']);
  for (const name of ['failing', 'hooked']) await bench.ok(['template', 'destroy', name, '--yes']);
});
