import { readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf, until, Workbench } from '../support/workbench.ts';

interface Pool {
  readonly template: string;
  readonly size: number;
  readonly ready: number;
  readonly filledBy?: { readonly pid: number };
  readonly members: readonly {
    readonly vm: string;
    readonly id: string;
    readonly state: string;
    readonly pid?: number;
    readonly memory?: { readonly residentBytes: number; readonly privateBytes?: number };
  }[];
}

let bench: Workbench;

const pools = async (): Promise<readonly Pool[]> => (await bench.json<{ pools: Pool[] }>(['pool', 'list'])).pools;
const pool = async (): Promise<Pool> => {
  const [first] = await pools();
  if (!first) throw new Error('there is no pool');
  return first;
};
/** QEMU and the sh that keeps its exit status are no processes of ours. */
const ourProcesses = async (): Promise<readonly string[]> =>
  (await bench.processes())
    .map(({ command }) => command)
    .filter((command) => !command.includes('qemu-system') && !command.includes('sysmonvm-guardian'));
/** Refills run in sessions of their own and name no path of the bench, so they are found by their lock. */
const fillerOf = async (template: string): Promise<number | undefined> => {
  const link = await readlink(join(bench.workspace, `pools/.fill-${template}.lock`)).catch(() => undefined);
  return link === undefined ? undefined : Number(link.split('|')[0]);
};
const full = (size: number) => until('the pool is full', async () => (await pool()).ready === size, 120_000);
const quiet = () => until('nobody fills it', async () => (await fillerOf('t')) === undefined, 120_000);

const describeMachine = 'hostname; cat /etc/machine-id; cat /etc/dropbear/*.pub 2>/dev/null; cat /etc/hostname';

beforeAll(async () => {
  bench = await Workbench.make();
  const size = ['--cpus', '1', '--memory', '256M', '--disk', '2G'];
  await bench.ok(['template', 'create', 't', '--image', 'tiny', ...size]);
}, 600_000);
afterAll(() => bench.dispose());

describe('a pool', () => {
  it('is filled before the command returns; its members are hidden, hold their memory and no process of ours', async () => {
    const { pool: made } = await bench.json<{ pool: Pool }>(['pool', 'create', 't', '--size', '2']);
    expect(made).toMatchObject({ template: 't', size: 2, ready: 2 });
    expect(made.members.map(({ state }) => state)).toEqual(['ready', 'ready']);
    for (const { memory } of made.members) expect(memory?.residentBytes).toBeGreaterThan(0);
    expect(await ourProcesses()).toEqual([]);
    const hidden = await bench.ok(['vm-list']);
    expect(hidden).toMatchObject({ stdout: '', stderr: '2 members of pools are not shown: --all\n' });
    expect((await bench.ok(['vm-list', '--all'])).stdout.match(/^pool-t-\w+ +paused/gm)).toHaveLength(2);
  });

  it('keeps its template', async () => {
    const refused = await bench.run(['template', 'destroy', 't', '--yes']);
    expect(refused.code).toBe(9);
    expect(refused.stderr).toContain('in use by pool t');
    expect(refused.stderr).toContain('sysmonvm pool destroy t');
  });

  it('gives each claim a machine of its own, by SSH and by the agent, and is full again afterwards', async () => {
    const first = await bench.ok(['run', '--rm', '--pool', 't', '--', 'sh', '-c', describeMachine]);
    const second = await bench.ok(['run', '--rm', '--pool', 't', '--via', 'agent', '--', 'sh', '-c', describeMachine]);
    for (const { stderr } of [first, second]) expect(stderr).not.toContain('forked from the template');
    const [one, two] = [first, second].map(({ stdout }) => stdout.trim().split('\n'));
    expect(one?.[0]).toMatch(/^run-/);
    expect(one?.filter((line) => two?.includes(line))).toEqual([]);
    await full(2);
    await quiet();
    expect(await ourProcesses()).toEqual([]);
    expect((await bench.json<{ vms: unknown[] }>(['vm-list'])).vms).toEqual([]);
  });

  it('gives a claim its name, its ports and its own host key, and leaves it until it is destroyed', async () => {
    await bench.ok(['fork', 't', '--pool', '--prefix', 'own']);
    await bench.ok(['vm-port', 'add', '8080', 'own-1']);
    const { ports } = await bench.json<{ ports: { guest: number; host: number }[] }>(['vm-port', 'list', 'own-1']);
    expect(ports.map(({ guest }) => guest).sort()).toEqual([22, 8080]);
    expect(new Set(ports.map(({ host }) => host)).size).toBe(2);
    expect((await bench.ok(['exec', 'own-1', '--', 'hostname'])).stdout).toBe('own-1\n');
    const clock = Number((await bench.ok(['exec', 'own-1', '--via', 'agent', '--', 'date', '+%s'])).stdout);
    expect(Math.abs(clock - Date.now() / 1000)).toBeLessThan(5);
    const { vms } = await bench.json<{ vms: { name: string; pool?: unknown; state: string }[] }>(['vm-list']);
    expect(vms).toMatchObject([{ name: 'own-1', state: 'ready' }]);
    expect(vms[0]?.pool).toBeUndefined();
    await bench.ok(['vm-destroy', 'own-1', '--yes']);
    await full(2);
    await quiet();
  });

  it('gives ten claims at once what it has, each member once; the others are forked and told so', async () => {
    await bench.ok(['pool', 'create', 't', '--size', '3']);
    const before = (await pool()).members.map(({ id }) => id);
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, index) => bench.run(['fork', 't', '--pool', '--prefix', `c${index}`])),
    );
    expect(claims.map(({ code }) => code)).toEqual(Array.from({ length: 10 }, () => 0));
    const forked = claims.filter(({ stderr }) => stderr.includes('it is forked from the template instead'));
    const { vms } = await bench.json<{ vms: { name: string; id: string }[] }>(['vm-list']);
    expect(vms).toHaveLength(10);
    expect(new Set(vms.map(({ id }) => id)).size).toBe(10);
    expect(vms.filter(({ id }) => before.includes(id))).toHaveLength(3);
    expect(forked.length).toBeLessThanOrEqual(7);
    for (const { name } of vms) {
      expect((await bench.ok(['exec', name, '--via', 'agent', '--', 'hostname'])).stdout).toBe(`${name}\n`);
      await bench.ok(['vm-destroy', name, '--yes']);
    }
    await full(3);
    await quiet();
  });

  it('is filled by the next command when the refill was killed, and nothing of the half-made member stays', async () => {
    await bench.ok(['pool', 'create', 't', '--size', '4', '--no-wait']);
    await until('a member is being made', async () => (await pool()).members.some(({ state }) => state === 'filling'));
    const filler = await fillerOf('t');
    if (filler === undefined) throw new Error('nobody fills it');
    process.kill(filler, 'SIGKILL');
    await full(4);
    await quiet();
    const { members } = await pool();
    expect(members.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready', 'ready']);
    expect((await bench.json<{ vms: unknown[] }>(['vm-list', '--all'])).vms).toHaveLength(4);
  });

  it('is filled by one command at a time', async () => {
    await bench.ok(['pool', 'create', 't', '--size', '5', '--no-wait']);
    await until('it is being filled', async () => (await fillerOf('t')) !== undefined);
    const second = await bench.ok(['pool', 'refill', 't']);
    expect(second.stderr).toContain('is being filled by process');
    await full(5);
    await quiet();
    expect((await pool()).members).toHaveLength(5);
  });

  it('made smaller, it lets the oldest go', async () => {
    const newest = (await pool()).members.slice(0, 1).map(({ id }) => id);
    await bench.ok(['pool', 'create', 't', '--size', '1']);
    expect((await pool()).members.map(({ id }) => id)).toEqual(newest);
  });

  it('a member that died is replaced; one that nobody claimed in time too', async () => {
    const [{ pid, id } = { pid: 0, id: '' }] = (await pool()).members;
    if (pid) process.kill(pid, 'SIGKILL');
    await until('it is dead', async () => (await pool()).members.every((member) => member.id !== id), 120_000);
    await full(1);
    await quiet();
    const lasting = (await pool()).members[0]?.id;
    await bench.ok(['pool', 'create', 't', '--size', '2', '--ttl', '1s']);
    const kept = (await pool()).members.map((member) => member.id);
    expect(kept).toContain(lasting);
    // Nobody claims, and there are enough of them: the next command finds that one has expired.
    await bench.ok(['pool', 'create', 't', '--size', '1', '--ttl', '1h', '--no-wait']);
    await until('only the one of an hour is left', async () => {
      const { members } = await pool();
      return members.length === 1 && members[0]?.id === lasting && members[0]?.state === 'ready';
    });
    await quiet();
  });

  it('vm-gc drains a pool whose template is gone', async () => {
    const path = join(bench.workspace, 'pools/t.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/"templateId": "[^"]+"/, '"templateId": "template-of-old"'));
    const planned = await bench.ok(['vm-gc', '--dry-run']);
    expect(planned.stdout).toContain('pool of template t');
    await bench.ok(['vm-gc', '--yes']);
    expect(await pools()).toEqual([]);
    expect((await bench.json<{ vms: unknown[] }>(['vm-list', '--all'])).vms).toEqual([]);
  });

  it('destroyed while it is filled, it leaves nothing, and the template can go', async () => {
    await bench.ok(['pool', 'create', 't', '--size', '3', '--no-wait']);
    await until('a member is being made', async () => (await pool()).members.length > 0);
    await bench.ok(['pool', 'destroy', 't', '--yes']);
    expect(await pools()).toEqual([]);
    expect((await bench.run(['pool', 'refill', 't'])).stderr).toContain('pool.not-found');
    await until('nothing is left', async () => (await bench.leftovers()).length === 0);
    await bench.ok(['template', 'destroy', 't', '--yes']);
  });

  it('of a template that is not there is refused', async () => {
    const child = bench.spawn(['pool', 'create', 'nothing', '--size', '1']);
    child.stdin?.end();
    const outcome = await outcomeOf(child);
    expect(outcome.code).toBe(9);
    expect(outcome.stderr).toContain('template.not-found');
  });
});
