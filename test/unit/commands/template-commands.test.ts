import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/core/engine.ts';
import type { Template } from '../../../src/core/template/template.ts';
import type { TemplateFacts, TemplateOperations } from '../../../src/core/warm-operations.ts';
import { documentSchemas } from '../../../src/core/wire/documents.ts';
import { hostFacts, planFor } from '../../support/plan-fixtures.ts';
import { cli } from '../../support/run-cli.ts';
import { readyVm } from '../../support/snapshots.ts';

const vm = readyVm();
const digest = `sha256:${'ab'.repeat(32)}`;
const template: Template = {
  schemaVersion: 1,
  id: 'template-1',
  name: 'ci',
  createdAt: Date.now() - 90_000,
  automatic: false,
  from: { kind: 'taken', vm: 'build' },
  plan: planFor({ image: 'debian-12', memory: '2G', accel: 'tcg' }, hostFacts('linux', 'x86_64')),
  key: digest,
  inputs: { memoryMib: '2048' },
  features: { qemuVersion: '7.2.22', fileTransport: false, readOnlyRam: false, mappedRam: false },
  guest: { renewalCommand: ['x'], hostKeyPath: '/k', sshServer: 'openssh', agent: true, services: ['sshd'] },
  loginPublicKey: 'ssh-ed25519 AAAA',
  macAddress: '52:54:00:00:00:01',
  baseImagePath: '/base',
  parts: [{ name: 'ram', bytes: 2 ** 31, allocatedBytes: 2 ** 28, digest, stamp: '1:2:3' }],
};
const facts: TemplateFacts = { template, directory: '/w/templates/ci', usedBy: ['build'], allocatedBytes: 2 ** 28 };

/** Records what the engine was asked, without the call. */
function engineWith(results: Partial<Record<keyof TemplateOperations, unknown>>, vms: readonly string[] = []) {
  const calls: unknown[][] = [];
  const record =
    (name: string, result: unknown) =>
    async (...args: unknown[]) => {
      calls.push([name, ...args.filter((arg) => !(typeof arg === 'object' && arg !== null && 'requestId' in arg))]);
      return result;
    };
  const templates = Object.fromEntries(Object.entries(results).map(([name, result]) => [name, record(name, result)]));
  const engine = { templates, list: async () => vms.map((name) => readyVm({ name })) } as unknown as Partial<Engine>;
  return { calls, engine, record };
}

describe('template', () => {
  it('create boots a VM of the settings, or takes a running one', async () => {
    const { calls, engine } = engineWith({ create: facts });
    const booted = await cli(['template', 'create', 'ci', '--memory', '2G', '--json'], { engine });
    expect(documentSchemas.template.parse(booted.json()).template.name).toBe('ci');
    await cli(['template', 'create', 'ci', '--from', 'build'], { engine });
    expect(calls).toMatchObject([
      ['create', { name: 'ci', source: { kind: 'boot', config: { memoryMib: { value: 2048 } } } }],
      ['create', { name: 'ci', source: { kind: 'vm', vm: 'build' } }],
    ]);
  });

  it('create --from with a setting beside it names the flag, exit 2', async () => {
    const { code, stderr } = await cli(['template', 'create', 'ci', '--from', 'build', '--cpus', '1']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--cpus cannot be chosen: build runs')]);
  });

  it('list shows users, size and age, and why one cannot be forked', async () => {
    const refused = { code: 'template.other-machine', message: 'another QEMU' };
    const other = { ...facts, template: { ...template, name: 'old' }, usedBy: [], refused };
    const { engine } = engineWith({ list: [other, facts] });
    const { stdout } = await cli(['template', 'list'], { engine });
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['NAME', 'STATE', 'IMAGE', 'ARCH', 'MEMORY', 'SIZE', 'AGE', 'USED BY'],
      ['ci', 'ready', 'debian-12', 'x86_64', '2 GiB', '256 MiB', '1m', 'build'],
      ['old', 'other-machine', 'debian-12', 'x86_64', '2 GiB', '256 MiB', '1m', '-'],
      [''],
    ]);
    const json = await cli(['template', 'list', '--json'], { engine });
    expect(documentSchemas['template-list'].parse(json.json()).templates[0]?.refused).toEqual(refused);
  });

  it('show tells where it came from, its parts and services', async () => {
    const { stdout } = await cli(['template', 'show', 'ci'], engineWith({ show: facts }));
    for (const words of ['from VM build', 'sshd', 'used by    build', 'ram   2 GiB']) expect(stdout).toContain(words);
  });

  it('verify says what it found', async () => {
    const { calls, engine } = engineWith({ verify: facts });
    expect((await cli(['template', 'verify', 'ci'], { engine })).stdout).toContain('every part is what was sealed');
    expect(calls).toEqual([['verify', 'ci']]);
  });

  it('destroy asks first; --dry-run only lists', async () => {
    const { calls, engine } = engineWith({ destroy: [{ what: 'template ci', reason: 'nothing lies on it' }] });
    expect((await cli(['template', 'destroy', 'ci', '--dry-run'], { engine })).stdout).toContain('Would remove');
    expect((await cli(['template', 'destroy', 'ci', '--yes', '--json'], { engine })).code).toBe(0);
    expect(calls).toEqual([
      ['destroy', 'ci', { dryRun: true }],
      ['destroy', 'ci', { dryRun: false }],
    ]);
  });
});

describe('fork', () => {
  it('takes names that are free', async () => {
    const { calls, engine } = engineWith({ fork: [{ outcome: 'accepted', vm }] }, ['ci-1', 'ci-3']);
    const forked = await cli(['fork', 'ci', '--count', '3', '--ttl', '1h', '--json'], { engine });
    expect(documentSchemas.fork.parse(forked.json()).forks.length).toBe(1);
    expect(calls).toEqual([['fork', 'ci', { names: ['ci-2', 'ci-4', 'ci-5'], overrides: { ttlMs: 3_600_000 } }]]);
  });

  it.each(['0', '101', 'many'])('--count %s is refused', async (count) => {
    expect((await cli(['fork', 'ci', '--count', count])).code).toBe(2);
  });
});

describe('where a VM is made', () => {
  it('vm-create --template hands over name and ports, and refuses what was frozen', async () => {
    const { calls, record } = engineWith({});
    const engine = { create: record('create', { outcome: 'accepted', vm }) as unknown as Engine['create'] };
    await cli(['vm-create', 'x', '--template', 'ci', '--port', '8080:80'], { engine });
    expect(calls[0]?.[1]).toMatchObject({ template: 'ci', config: { name: { value: 'x' } } });
    const refused = await cli(['vm-create', 'x', '--template', 'ci', '--image', 'debian-12'], { engine });
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--image cannot be chosen')]);
  });

  it('vm-start --warm asks for a fork, up --warm for one where a VM is made', async () => {
    const answer = { outcome: 'accepted', vm };
    const { calls, engine, record } = engineWith({ startWarm: answer });
    const up = record('up', { ...answer, action: 'created', differences: [] }) as unknown as Engine['up'];
    await cli(['vm-start', 'x', '--warm'], { engine });
    await cli(['up', 'x', '--warm'], { engine: { up } });
    expect(calls).toMatchObject([
      ['startWarm', { name: { value: 'x' } }, { wait: true }],
      ['up', { warm: true }],
    ]);
  });

  it('run --warm and run --template exclude each other', async () => {
    const { code } = await cli(['run', '--warm', '--template', 'ci', '--', 'true']);
    expect(code).toBe(255);
  });
});
