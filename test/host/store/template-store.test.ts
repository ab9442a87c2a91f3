import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  stat,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Template, TemplatePartName } from '../../../src/core/template/template.ts';
import { createProcessIdentities } from '../../../src/host/process/process-identities.ts';
import { systemClock } from '../../../src/host/process/system-clock.ts';
import { createTemplateStore } from '../../../src/host/store/template-store.ts';
import { createTextFiles } from '../../../src/host/store/text-files.ts';
import { hostFacts, planFor } from '../../support/plan-fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const plan = planFor({ image: 'debian-12' }, hostFacts('linux', 'x86_64'));
const names: readonly TemplatePartName[] = ['state', 'overlay.qcow2', 'disk.qcow2', 'ram'];
const processes = createProcessIdentities();
let workspace: string;
const store = () =>
  createTemplateStore(workspace, createTextFiles(systemClock), { runner: processes, clock: systemClock });
const partPath = (name: string, part: string) => join(workspace, 'templates', name, part);

/** A template whose parts are a few bytes long. */
async function make(name: string, readOnlyRam = false): Promise<Template> {
  const templates = store();
  const staging = await templates.stage(name, `template-${name}`);
  for (const part of names) {
    const source = join(workspace, `${name}-${part}`);
    await writeFile(source, `the content of ${part}`);
    await templates.add(staging, part, source, 'link');
    if (part !== 'ram') await unlink(source);
  }
  const template: Template = {
    schemaVersion: 1,
    id: `template-${name}`,
    name,
    createdAt: 1,
    automatic: false,
    from: { kind: 'booted' },
    plan,
    key: 'sha256:k',
    inputs: {},
    features: { qemuVersion: '7.2.0', fileTransport: false, readOnlyRam, mappedRam: false },
    guest: { renewalCommand: [], hostKeyPath: '/k', sshServer: 'openssh', agent: false, services: [] },
    loginPublicKey: 'ssh-ed25519 AAAA',
    macAddress: '52:54:00:00:00:01',
    baseImagePath: '/base',
    parts: await Promise.all(names.map((part) => templates.measure(staging, part))),
  };
  await templates.publish(template);
  await unlink(join(workspace, `${name}-ram`));
  return templates.seal(template);
}

beforeEach(async () => {
  workspace = await temporaryDirectory();
});

describe('a template on disk', () => {
  it('appears complete, private and read-only; memory stays writable for a QEMU that needs it', async () => {
    await make('old');
    await make('new', true);
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    expect(await mode(join(workspace, 'templates', 'old'))).toBe('700');
    expect(await Promise.all(names.map((part) => mode(partPath('old', part))))).toEqual(['400', '400', '400', '600']);
    expect(await mode(partPath('new', 'ram'))).toBe('400');
    expect((await store().list()).templates.map(({ name }) => name)).toEqual(['new', 'old']);
    expect(await readdir(join(workspace, 'templates', 'old'))).not.toContain('making.json');
  });

  it('after sealing every stamp is current: nothing large is read for a fork', async () => {
    const template = await make('t');
    const ram = await open(partPath('t', 'ram'), 'r+');
    await ram.close();
    expect(await store().whyChanged(template, false)).toBeUndefined();
    expect(await store().load('t')).toEqual(template);
  });

  it('a name is taken while another one is being made, and free again when that is given up', async () => {
    await store().stage('t', 'template-1');
    await expect(store().stage('t', 'template-2')).rejects.toThrow(/is being made by process/);
    await store().discard('template-1');
    await make('t');
    await expect(store().stage('t', 'template-3')).rejects.toThrow(/a template named t exists/);
  });

  it('rubbish is what has no living maker', async () => {
    await store().stage('t', 'template-1');
    const dead = join(workspace, 'templates', '.new-template-2');
    await mkdir(dead);
    await writeFile(
      join(dead, 'making.json'),
      JSON.stringify({ name: 'u', owner: { pid: 1, startTime: '0', bootId: 'x' } }),
    );
    expect(await store().sweepRubbish()).toEqual([dead]);
  });

  it('a copied directory is no template of its own', async () => {
    await make('t');
    await mkdir(join(workspace, 'templates', 'copy'));
    await copyFile(partPath('t', 'template.json'), partPath('copy', 'template.json'));
    const { templates, broken } = await store().list();
    expect(templates.map(({ name }) => name)).toEqual(['t']);
    expect(broken).toMatchObject([{ name: 'copy', problem: expect.stringContaining('a copy cannot be forked') }]);
  });

  it('no name leads out of the folder', async () => {
    await make('t');
    expect(await store().load('../templates/t')).toBeUndefined();
  });
});

describe('a changed part is found', () => {
  const flip = async (path: string) => {
    await chmod(path, 0o600);
    const bytes = await readFile(path);
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    await writeFile(path, bytes);
  };
  const content = (part: string) => `the content of its part ${part} is not what was sealed`;

  it.each(names)('%s: one bit', async (part) => {
    const template = await make('t');
    await flip(partPath('t', part));
    expect(await store().whyChanged(template, false)).toBe(content(part));
  });

  it.each(names)('%s: shortened, made longer, missing', async (part) => {
    const template = await make('t');
    const path = partPath('t', part);
    await chmod(path, 0o600);
    await truncate(path, 3);
    expect(await store().whyChanged(template, false)).toMatch(`its part ${part} has 3 bytes instead of`);
    await appendFile(path, 'x'.repeat(99));
    expect(await store().whyChanged(template, false)).toMatch(`its part ${part} has 102 bytes instead of`);
    await unlink(path);
    expect(await store().whyChanged(template, false)).toBe(`its part ${part} is missing`);
  });

  it('also when its times were set back: ctime cannot be', async () => {
    const template = await make('t');
    const path = partPath('t', 'ram');
    const { atime, mtime } = await stat(path);
    await flip(path);
    await utimes(path, atime, mtime);
    expect(await store().whyChanged(template, false)).toBe(content('ram'));
  });

  it('touched only: it is read once, and has its stamp and its mode again', async () => {
    const template = await make('t');
    const path = partPath('t', 'disk.qcow2');
    await chmod(path, 0o600);
    await utimes(path, 1, 1);
    expect(await store().whyChanged(template, false)).toBeUndefined();
    const renewed = await store().load('t');
    expect(renewed?.parts).not.toEqual(template.parts);
    expect((await stat(path)).mode & 0o777).toBe(0o400);
    expect(renewed && (await store().whyChanged(renewed, false))).toBeUndefined();
    expect(await store().load('t')).toEqual(renewed);
  });
});
