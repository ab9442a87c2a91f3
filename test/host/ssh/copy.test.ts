import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CopyProgress, GuestConnection } from '../../../src/core/ports/guest-shell.ts';
import { createGuestShell } from '../../../src/host/ssh/guest-shell.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { type RealServer, startServer, within } from './real-server.ts';

/** Every path below a directory with kind, mode, time, link target and digest: equal texts are equal trees. */
async function picture(directory: string, below = ''): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const name of (await readdir(join(directory, below))).sort()) {
    const path = join(below, name);
    const facts = await lstat(join(directory, path));
    const mode = (facts.mode & 0o777).toString(8);
    if (facts.isSymbolicLink()) lines.push(`${JSON.stringify(path)} -> ${await readlink(join(directory, path))}`);
    else if (facts.isDirectory())
      lines.push(
        `${JSON.stringify(path)}/ ${mode} ${Math.floor(facts.mtimeMs / 1000)}`,
        ...(await picture(directory, path)),
      );
    else {
      const digest = createHash('sha256')
        .update(await readFile(join(directory, path)))
        .digest('hex');
      lines.push(`${JSON.stringify(path)} ${mode} ${Math.floor(facts.mtimeMs / 1000)} ${facts.size} ${digest}`);
    }
  }
  return lines;
}

async function weirdTree(directory: string): Promise<void> {
  const names = [
    'plain',
    'with space',
    'line\nbreak',
    'ünïcödé ✓',
    "it's",
    '"quoted"',
    '-dash',
    '.hidden',
    'back\\slash',
    '*',
    '$HOME',
    ' lead',
    'trail ',
  ];
  await mkdir(join(directory, 'deep', 'er', 'still'), { recursive: true });
  await mkdir(join(directory, 'empty'));
  for (const [index, name] of names.entries()) await writeFile(join(directory, name), `${name}${index}`);
  await writeFile(join(directory, 'deep', 'er', 'nothing'), '');
  await writeFile(join(directory, 'deep', 'er', 'still', 'big'), randomBytes(3_000_001));
  await writeFile(join(directory, 'exactly'), randomBytes(32 * 1024 * 3));
  await writeFile(join(directory, 'sealed'), 'read only', { mode: 0o400 });
  await writeFile(join(directory, 'tool'), '#!/bin/sh\n');
  await chmod(join(directory, 'tool'), 0o755);
  await symlink('plain', join(directory, 'link'));
  await symlink('../with space', join(directory, 'deep', 'up'));
  await symlink('/no/such/target', join(directory, 'dangling'));
  await symlink('deep', join(directory, 'to-directory'));
  await utimes(join(directory, 'plain'), 1_000_000_000, 1_000_000_000);
  await chmod(join(directory, 'empty'), 0o555);
  await utimes(join(directory, 'empty'), 1_100_000_000, 1_100_000_000);
  await utimes(join(directory, 'deep'), 1_200_000_000, 1_200_000_000);
}

describe.each(['openssh', 'dropbear'] as const)('copying through a real %s server', (kind) => {
  let server: RealServer;
  let guest: GuestConnection;
  beforeAll(async () => {
    server = await startServer(kind);
    guest = await createGuestShell().connect(server.target, within(20_000));
  });
  afterAll(async () => {
    guest?.close();
    await server?.stop();
  });

  it('brings a tree of odd names, links, empty directories, modes and times there and back unchanged', async () => {
    const base = await temporaryDirectory();
    const [from, there, back] = [
      join(base, 'from'),
      join(base, 'guest', 'new', 'parents'),
      join(base, 'host', 'also', 'new'),
    ];
    await mkdir(from);
    await weirdTree(from);
    const progress: CopyProgress[] = [];
    await guest.upload(from, there, within(60_000), (step) => progress.push(step));
    await guest.download(there, back, within(60_000));
    const expected = await picture(from);
    expect(await picture(there)).toEqual(expected);
    expect(await picture(back)).toEqual(expected);
    const last = progress.at(-1);
    expect(last?.bytesDone).toBe(last?.bytesTotal);
    expect(last?.bytesTotal).toBeGreaterThan(3_000_000);
    expect(progress.every((step, index) => step.bytesDone >= (progress[index - 1]?.bytesDone ?? 0))).toBe(true);
  });

  it('puts things where cp -r puts them', async () => {
    const base = await temporaryDirectory();
    const tree = join(base, 'tree');
    await mkdir(join(tree, 'sub'), { recursive: true });
    await writeFile(join(tree, 'sub', 'file'), 'content');
    const single = join(tree, 'sub', 'file');
    const at = (...parts: string[]): string => join(base, 'guest', ...parts);
    const read = (...parts: string[]): Promise<string> => readFile(at(...parts), 'utf8');

    await guest.upload(single, at('a', 'renamed'), within(10_000));
    expect(await read('a', 'renamed')).toBe('content');
    await guest.upload(single, at('a'), within(10_000));
    expect(await read('a', 'file')).toBe('content');
    await guest.upload(single, `${at('b')}/`, within(10_000));
    expect(await read('b', 'file')).toBe('content');
    await guest.upload(tree, at('b'), within(10_000));
    expect(await read('b', 'tree', 'sub', 'file')).toBe('content');
    await guest.upload(`${tree}/`, at('c'), within(10_000));
    expect(await read('c', 'sub', 'file')).toBe('content');
    await guest.upload(`${tree}/.`, at('a'), within(10_000));
    expect(await read('a', 'sub', 'file')).toBe('content');
    await writeFile(single, 'changed');
    await guest.upload(tree, at('b'), within(10_000));
    expect(await read('b', 'tree', 'sub', 'file')).toBe('changed');
    await guest.upload(single, '~/in home', within(10_000));
    expect(await readFile(join(server.directory, 'home', 'in home'), 'utf8')).toBe('changed');
    await guest.download('in home', `${base}/`, within(10_000));
    expect(await readFile(join(base, 'in home'), 'utf8')).toBe('changed');
  });

  it('follows a link that is named, and replaces the file behind a link that is the destination', async () => {
    const base = await temporaryDirectory();
    await writeFile(join(base, 'real'), 'one');
    await symlink('real', join(base, 'link'));
    await guest.upload(join(base, 'link'), join(base, 'copy'), within(10_000));
    expect((await lstat(join(base, 'copy'))).isFile()).toBe(true);
    await writeFile(join(base, 'new'), 'two');
    await guest.upload(join(base, 'new'), join(base, 'link'), within(10_000));
    expect([await readFile(join(base, 'real'), 'utf8'), await readlink(join(base, 'link'))]).toEqual(['two', 'real']);
  });

  it('names the path and the side in every failure', async () => {
    const base = await temporaryDirectory();
    const failure = (work: Promise<void>): Promise<unknown> =>
      work.then(
        () => 'done',
        (error: { code: string; message: string }) => `${error.code} ${error.message}`,
      );
    await mkdir(join(base, 'tree', 'sub'), { recursive: true });
    await writeFile(join(base, 'tree', 'file'), 'x');
    await writeFile(join(base, 'file'), 'x');
    expect(await failure(guest.upload(join(base, 'none'), '/tmp', within(10_000)))).toBe(
      `copy.failed "${base}/none" on this host: no such file or directory`,
    );
    expect(await failure(guest.download(join(base, 'none'), '/tmp', within(10_000)))).toBe(
      `copy.failed "${base}/none" in the guest: no such file or directory`,
    );
    expect(await failure(guest.upload(join(base, 'tree'), join(base, 'file'), within(10_000)))).toContain(
      'is a file; a directory cannot take its place',
    );
    expect(await failure(guest.upload(join(base, 'file'), join(base, 'file', 'x'), within(10_000)))).toContain(
      `"${base}/file`,
    );
    await mkdir(join(base, 'to', 'tree', 'file'), { recursive: true });
    expect(await failure(guest.upload(join(base, 'tree'), join(base, 'to'), within(10_000)))).toContain(
      `"${base}/to/tree/file" in the guest: is a directory; a file cannot take its place`,
    );
    expect(await failure(guest.upload(join(base, 'file'), '/proc/nothing', within(10_000)))).toMatch(
      /copy\.failed "\/proc\/.*" in the guest: cannot be written/,
    );
    const socket = createServer();
    await new Promise<void>((resolve) => socket.listen(join(base, 'tree', 's'), resolve));
    expect(await failure(guest.upload(join(base, 'tree'), join(base, 'never'), within(10_000)))).toContain(
      '/tree/s" on this host: is a socket',
    );
    socket.close();
    await expect(lstat(join(base, 'never'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('copies files whose size is not known before', async () => {
    const base = await temporaryDirectory();
    await guest.download('/proc/self/limits', join(base, 'limits'), within(10_000));
    expect(await readFile(join(base, 'limits'), 'utf8')).toContain('Max open files');
  });

  it('replaces a file only as a whole and leaves nothing behind when it is cancelled or late', async () => {
    const base = await temporaryDirectory();
    await writeFile(join(base, 'big'), '');
    await truncate(join(base, 'big'), 4 * 1024 ** 3);
    await mkdir(join(base, 'to'));
    await writeFile(join(base, 'to', 'big'), 'the old one');
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const cancelled = guest.upload(join(base, 'big'), join(base, 'to'), within(60_000, controller.signal), (step) => {
      if (step.bytesDone > 2_000_000) controller.abort(reason);
    });
    await expect(cancelled).rejects.toBe(reason);
    await expect(guest.download(join(base, 'big'), join(base, 'to'), within(700))).rejects.toMatchObject({
      code: 'copy.deadline',
      kind: 'deadline',
    });
    expect(await readdir(join(base, 'to'))).toEqual(['big']);
    expect(await readFile(join(base, 'to', 'big'), 'utf8')).toBe('the old one');
  });

  it('takes no set-user-id bit from a guest', async () => {
    const base = await temporaryDirectory();
    await writeFile(join(base, 'tool'), 'x');
    await chmod(join(base, 'tool'), 0o6755);
    await guest.download(join(base, 'tool'), join(base, 'got'), within(10_000));
    expect((await lstat(join(base, 'got'))).mode & 0o7777).toBe(0o755);
  });

  it('copies 500 small files in a few seconds', async () => {
    const base = await temporaryDirectory();
    await mkdir(join(base, 'many'));
    for (let index = 0; index < 500; index += 1) await writeFile(join(base, 'many', `file ${index}`), `${index}`);
    await guest.upload(join(base, 'many'), join(base, 'there'), within(60_000));
    expect(execFileSync('diff', ['-r', join(base, 'many'), join(base, 'there')]).toString()).toBe('');
  });
});
