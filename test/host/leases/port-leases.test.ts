import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LeaseOwner } from '../../../src/core/ports/port-leases.ts';
import type { ProcessIdentity } from '../../../src/core/ports/process-runner.ts';
import type { PortLease } from '../../../src/core/resources/ledger.ts';
import { createPortLeases } from '../../../src/host/leases/create-port-leases.ts';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { systemClock } from '../../../src/host/process/system-clock.ts';
import { bundleFixture } from '../../support/bundle-fixture.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const runner = createProcessRunner();
const children: ChildProcess[] = [];
const servers: Server[] = [];
let self: ProcessIdentity;
let fixture: string;

beforeAll(async () => {
  const identity = await runner.identify(process.pid);
  if (identity === undefined) throw new Error('no identity');
  self = identity;
  fixture = await bundleFixture('take-ports.mjs');
});

afterEach(async () => {
  await endChildren();
  for (const server of servers.splice(0)) server.close();
});

async function endChildren(): Promise<void> {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

const registry = (directory: string) => createPortLeases({ directory, runner, clock: systemClock });
const ownerOf = (vmId: string, process: ProcessIdentity = self): LeaseOwner => ({
  vmId,
  vmName: `name-${vmId}`,
  workspace: `/home/someone/${vmId}`,
  process,
});

async function sleeper(): Promise<{ child: ChildProcess; identity: ProcessIdentity }> {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  children.push(child);
  const identity = await runner.identify(child.pid ?? 0);
  if (identity === undefined) throw new Error('no identity');
  return { child, identity };
}

async function listen(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

/** A number nobody listens on at the moment. */
async function freeNumber(): Promise<number> {
  const port = await listen();
  const server = servers.pop();
  server?.close();
  await once(server as Server, 'close');
  return port;
}

describe('port leases', () => {
  it('gives the wished port, another VM the next one, in any workspace [R-36]', async () => {
    const leases = registry(await temporaryDirectory());
    const host = await freeNumber();
    const wish = { guest: 22, host, strength: 'preferred', purpose: 'ssh' } as const;
    expect(await leases.take([wish], ownerOf('a'))).toEqual([{ guest: 22, host, purpose: 'ssh' }]);
    const [other] = await leases.take([wish], ownerOf('b'));
    expect(other?.host).toBeGreaterThan(host);
    expect((await leases.list()).map(({ vmId, host: port }) => [vmId, port])).toEqual([
      ['a', host],
      ['b', other?.host],
    ]);
  });

  it('keeps a port that another program listens on out of a preferred wish, and any port out of the ephemeral range', async () => {
    const leases = registry(await temporaryDirectory());
    const busy = await listen();
    const taken = await leases.take(
      [
        { guest: 80, strength: 'any', purpose: 'user' },
        { guest: 22, host: busy, strength: 'preferred', purpose: 'ssh' },
      ],
      ownerOf('a'),
    );
    expect(taken.map(({ guest }) => guest)).toEqual([80, 22]);
    expect(taken[0]?.host).toBeGreaterThanOrEqual(20_000);
    expect(taken[0]?.host).toBeLessThan(32_000);
    expect(taken[1]?.host).not.toBe(busy);
  });

  it('names the VM and its workspace when a fixed port is leased', async () => {
    const leases = registry(await temporaryDirectory());
    const host = await freeNumber();
    const wish = { guest: 22, host, strength: 'fixed', purpose: 'ssh' } as const;
    await leases.take([wish], ownerOf('a'));
    await expect(leases.take([wish], ownerOf('b'))).rejects.toMatchObject({
      code: 'host.port-in-use',
      message: expect.stringMatching(new RegExp(`Port ${host} .*"name-a".*/home/someone/a`)),
    });
  });

  it('says "another program" when somebody else listens on a fixed port, and takes nothing', async () => {
    const leases = registry(await temporaryDirectory());
    const host = await listen();
    const wishes = [
      { guest: 80, strength: 'any', purpose: 'user' },
      { guest: 22, host, strength: 'fixed', purpose: 'ssh' },
    ] as const;
    await expect(leases.take(wishes, ownerOf('a'))).rejects.toMatchObject({
      code: 'host.port-in-use',
      message: expect.stringContaining('another program'),
    });
    expect(await leases.list()).toEqual([]);
  });

  it('refuses one fixed port for two guest ports', async () => {
    const leases = registry(await temporaryDirectory());
    const host = await freeNumber();
    const wish = { host, strength: 'fixed', purpose: 'user' } as const;
    await expect(
      leases.take(
        [
          { ...wish, guest: 1 },
          { ...wish, guest: 2 },
        ],
        ownerOf('a'),
      ),
    ).rejects.toMatchObject({
      code: 'host.port-in-use',
      message: expect.stringContaining('twice'),
    });
  });

  it('gives the same VM the same port again, and adds to what it holds', async () => {
    const leases = registry(await temporaryDirectory());
    const wish = { guest: 22, strength: 'any', purpose: 'ssh' } as const;
    const [first] = await leases.take([wish], ownerOf('a'));
    expect(await leases.take([wish], ownerOf('a'))).toEqual([first]);
    await leases.take([{ guest: 80, strength: 'any', purpose: 'user' }], ownerOf('a'));
    expect(await leases.list()).toHaveLength(2);
    await leases.release('a', [first?.host ?? 0]);
    expect((await leases.list()).map(({ guest }) => guest)).toEqual([80]);
  });

  it('is free after release, at once and in the same process', async () => {
    const leases = registry(await temporaryDirectory());
    const wish = { guest: 22, host: await freeNumber(), strength: 'fixed', purpose: 'ssh' } as const;
    for (const id of ['a', 'b', 'c']) {
      await leases.take([wish], ownerOf(id));
      await leases.release(id);
    }
    expect(await leases.list()).toEqual([]);
  });

  it('holds as long as the process it is assigned to, then is swept', async () => {
    const leases = registry(await temporaryDirectory());
    const command = await sleeper();
    const qemu = await sleeper();
    const wish = { guest: 22, host: await freeNumber(), strength: 'fixed', purpose: 'ssh' } as const;
    await leases.take([wish], ownerOf('a', command.identity));
    await leases.assign('a', qemu.identity);
    command.child.kill('SIGKILL');
    await once(command.child, 'exit');
    expect(await leases.sweep()).toEqual([]);
    await expect(leases.take([wish], ownerOf('b'))).rejects.toMatchObject({ code: 'host.port-in-use' });
    qemu.child.kill('SIGKILL');
    await once(qemu.child, 'exit');
    expect(await leases.list()).toEqual([]);
    expect((await leases.sweep()).map(({ vmId }) => vmId)).toEqual(['a']);
    await leases.take([wish], ownerOf('b'));
  });

  it('does not take a reused pid, or a pid of another boot, for the owner', async () => {
    const leases = registry(await temporaryDirectory());
    const wish = { guest: 22, strength: 'any', purpose: 'ssh' } as const;
    await leases.take([wish], ownerOf('a', { ...self, startTime: '1' }));
    await leases.take([wish], ownerOf('b', { ...self, bootId: 'another' }));
    await leases.take([wish], ownerOf('c'));
    expect((await leases.list()).map(({ vmId }) => vmId)).toEqual(['c']);
  });

  it('refuses a damaged registry instead of guessing', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'ports.json'), '{"schemaVersion": 1, "lea');
    await expect(registry(directory).list()).rejects.toMatchObject({ code: 'config.invalid' });
    await writeFile(join(directory, 'ports.json'), '{"schemaVersion": 2, "leases": []}');
    await expect(registry(directory).list()).rejects.toMatchObject({ code: 'config.newer-schema' });
  });

  it.each(['free', 'held by a killed process'])(
    'gives 20 processes at once 40 different ports, the lock being %s',
    async (lock) => {
      const directory = await temporaryDirectory();
      if (lock !== 'free') {
        const { child, identity } = await sleeper();
        await writeFile(join(directory, 'ports.lock'), JSON.stringify({ owner: identity, purpose: 'killed' }));
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      const taken = await Promise.all(Array.from({ length: 20 }, (_, index) => takeInChild(directory, `vm-${index}`)));
      const ports = taken.flat().map(({ host }) => host);
      expect(ports).toHaveLength(40);
      expect(new Set(ports).size).toBe(40);
      const recorded = JSON.parse(await readFile(join(directory, 'ports.json'), 'utf8')) as { leases: PortLease[] };
      expect(recorded.leases.map(({ host }) => host).sort()).toEqual(ports.sort());
      expect(await readdir(directory)).toEqual(['ports.json']);
      await endChildren();
      expect(await registry(directory).list()).toEqual([]);
    },
  );
});

async function takeInChild(directory: string, name: string): Promise<PortLease[]> {
  const child = spawn(process.execPath, [fixture, directory, name], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`${name} ended with ${code}`);
  });
  exited.catch(() => undefined);
  const [line] = (await Promise.race([once(child.stdout, 'data'), exited])) as [Buffer];
  return JSON.parse(line.toString()) as PortLease[];
}
