import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { GuestArch } from '../../../src/core/host-facts.ts';
import { qemuArguments } from '../../../src/core/qemu/qemu-arguments.ts';
import { hostFacts, keptResources, planFor, socketsIn } from '../../support/plan-fixtures.ts';

/** The argument lists are given to the installed QEMU (paused, emulated) and what it made of them is asked over QMP. */
const root = mkdtempSync(join(tmpdir(), 'sysmonvm,qemu-'));
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(root, { recursive: true }));

const firmware = {
  x86_64: { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', vars: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  aarch64: { code: '/usr/share/AAVMF/AAVMF_CODE.fd', vars: '/usr/share/AAVMF/AAVMF_VARS.fd' },
} as const;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A file that QEMU's loaders take for a kernel: the head of a bzImage, which aarch64 takes as raw code. */
function writeKernel(path: string): void {
  const kernel = Buffer.alloc(16_384);
  kernel[0x1f1] = 1;
  kernel.write('HdrS', 0x202, 'latin1');
  kernel.writeUInt16LE(0x0206, 0x206);
  kernel[0x211] = 1;
  kernel.writeUInt32LE(0x37ffffff, 0x22c);
  writeFileSync(path, kernel);
}

async function qmp(socketPath: string, child: ChildProcess, words: () => string) {
  let socket = connect(socketPath);
  for (;;) {
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (connected) break;
    if (child.exitCode !== null) throw new Error(`QEMU refused its arguments: ${words()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket = connect(socketPath);
  }
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    for (;;) {
      // The socket is there before the devices are: QEMU may still end over a later argument.
      const { value, done } = await lines.next().catch(() => ({ value: '', done: true }));
      if (done) throw new Error(`QMP ended: ${words()}`);
      const message = JSON.parse(value) as { return?: unknown; error?: { desc: string } };
      if (message.error) throw new Error(message.error.desc);
      if ('return' in message) return message.return;
    }
  };
  const execute = (command: string, args?: object) => {
    socket.write(`${JSON.stringify({ execute: command, ...(args ? { arguments: args } : {}) })}\n`);
    return answer();
  };
  await execute('qmp_capabilities');
  return {
    execute,
    monitor: async (line: string) => String(await execute('human-monitor-command', { 'command-line': line })),
  };
}

/** Addresses on which a process listens, from the kernel's own table; unix sockets are not in it. */
function listeners(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const columns = line.trim().split(/\s+/);
        if (!inodes.has(columns[9] ?? '') || (table.startsWith('tcp') && columns[3] !== '0A')) return [];
        const [address = '', port = ''] = (columns[1] ?? '').split(':');
        return [`${table} ${address} ${Number.parseInt(port, 16)}`];
      }),
  );
}

/** The VM's parts as create would make them, and QEMU started on them, paused. */
async function boot(name: string, arch: GuestArch, flags: Record<string, unknown>) {
  const directory = join(root, name);
  const sockets = join(directory, 's');
  mkdirSync(sockets, { recursive: true });
  const kept = keptResources(directory, sockets);
  const image = (...args: string[]) => execFileSync('qemu-img', args, { stdio: 'pipe' });
  image('create', '-f', 'qcow2', kept.baseImagePath, '1G');
  image('create', '-f', 'qcow2', '-F', 'qcow2', '-b', 'base.qcow2', join(directory, 'disk.qcow2'), '10G');
  image('convert', '-O', 'qcow2', firmware[arch].vars, kept.varsPath ?? '');
  closeSync(openSync(kept.seedPath, 'w'));
  truncateSync(kept.seedPath, 1024 * 1024);
  writeKernel(kept.kernelPath ?? '');
  writeFileSync(kept.initrdPath ?? '', Buffer.alloc(4096));
  const facts = hostFacts('linux', 'x86_64', arch);
  const base = facts.firmware;
  if (base === undefined) throw new Error('no firmware in the fixture');
  const host = {
    ...facts,
    qemu: { path: `/usr/bin/qemu-system-${arch}`, version: '7.2', digest: 'sha256:0' },
    firmware: { ...base, codePath: firmware[arch].code },
  };
  const cachedImage = {
    digest: `sha256:${'0'.repeat(64)}`,
    virtualSizeBytes: 1024 ** 3,
    kernelCommandLine: 'console=ttyS0 quiet',
  };
  const plan = planFor({ accel: 'tcg', arch, memory: '256M', cpus: '2', disk: '10G', ...flags }, host, {
    name,
    cachedImage,
  });
  const ports = await Promise.all(
    plan.ports.map(async ({ guest, purpose }) => ({ guest, purpose, host: await freePort() })),
  );
  const args = qemuArguments(plan, kept, { ports, sockets: socketsIn(sockets), logDirectory: directory });
  const child = spawn(plan.qemu.path, [...args, '-S'], { stdio: ['ignore', 'ignore', 'pipe'] });
  started.push(child);
  let words = '';
  child.stderr?.on('data', (chunk) => {
    words += String(chunk);
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const session = await qmp(join(sockets, 'qmp'), child, () => words);
  return { ...session, child, directory, sockets, ports, ended, words: () => words };
}

describe.each(['x86_64', 'aarch64'] as const)('QEMU %s takes the list', (arch) => {
  it('with firmware, and listens on 127.0.0.1 for the forwards only [R-35] [R-36] [R-38] [R-44]', async () => {
    const vm = await boot(`uefi-${arch}`, arch, { image: 'debian-12', boot: 'uefi', port: ['8080:80'] });
    expect(await vm.execute('query-status')).toMatchObject({ status: 'prelaunch', running: false });
    const blocks = (await vm.execute('query-block')) as {
      device: string;
      inserted?: { file: string; ro: boolean; drv: string; cache: unknown; detect_zeroes: string };
    }[];
    const block = (device: string) => blocks.find((one) => one.device === device)?.inserted;
    expect(block('disk')).toMatchObject({
      file: join(vm.directory, 'disk.qcow2'),
      drv: 'qcow2',
      ro: false,
      detect_zeroes: 'unmap',
      cache: { writeback: true, direct: false, 'no-flush': false },
    });
    expect(block('seed')).toMatchObject({ drv: 'raw', ro: true });
    expect(block('pflash0')).toMatchObject({ file: firmware[arch].code, ro: true });
    expect(block('pflash1')).toMatchObject({ drv: 'qcow2', ro: false });
    const network = await vm.monitor('info network');
    for (const { host } of vm.ports)
      expect(await vm.monitor('info usernet')).toMatch(new RegExp(`TCP\\[HOST_FORWARD\\].*127\\.0\\.0\\.1 +${host} `));
    expect(network).toContain('restrict=off');
    expect(listeners(vm.child.pid ?? 0).sort()).toEqual(vm.ports.map(({ host }) => `tcp 0100007F ${host}`).sort());
    const devices = await vm.monitor('info qtree');
    for (const device of ['virtio-blk-pci', 'virtio-net-pci', 'virtio-rng-pci', 'pvpanic-pci', 'virtserialport'])
      expect(devices).toContain(`dev: ${device}`);
    expect(devices).not.toMatch(/dev: (VGA|e1000|ide-cd|floppy)/);
    for (const socket of ['qmp', 'console', 'agent']) expect(statSync(join(vm.sockets, socket)).isSocket()).toBe(true);
    expect(statSync(join(vm.directory, 'console.log')).isFile()).toBe(true);
    await vm.execute('quit');
    expect([await vm.ended, vm.words()]).toEqual([0, '']);
  });

  it('with a kernel of its own', async () => {
    const vm = await boot(`direct-${arch}`, arch, { image: 'tiny' });
    expect(await vm.execute('query-status')).toMatchObject({ status: 'prelaunch' });
    expect(await vm.monitor('info block')).not.toContain('pflash');
    await vm.execute('quit');
    expect([await vm.ended, vm.words()]).toEqual([0, '']);
  });

  it('without a network, listening nowhere', async () => {
    const vm = await boot(`none-${arch}`, arch, { image: 'debian-12', boot: 'uefi', network: 'none' });
    expect(await vm.monitor('info network')).toBe('');
    expect(listeners(vm.child.pid ?? 0)).toEqual([]);
    await vm.execute('quit');
    expect([await vm.ended, vm.words()]).toEqual([0, '']);
  });
});

it('a bridge that is not there is refused by QEMU in its own words [R-37]', async () => {
  await expect(boot('bridged', 'x86_64', { image: 'tiny', network: 'bridged', bridge: 'nobridge0' })).rejects.toThrow(
    /bridge helper failed|bridge-helper|failed to/,
  );
});
