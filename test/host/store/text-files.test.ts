import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/host/process/system-clock.ts';
import { createTextFiles } from '../../../src/host/store/text-files.ts';

const files = createTextFiles(systemClock);
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'files-'));
});
afterAll(() => rm(root, { recursive: true }));

describe('directories', () => {
  it('are made with their parents and their mode, and nothing happens to one that is there', async () => {
    const path = join(root, 'a/b/c');
    await files.makeDirectory(path, 0o700);
    await files.makeDirectory(path, 0o755);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
  });
  it('where none can be made is told, also in /proc and below a file', async () => {
    await writeFile(join(root, 'file'), '');
    for (const path of ['/proc/nope/deeper', join(root, 'file'), join(root, 'file/below')])
      await expect(files.makeDirectory(path), path).rejects.toMatchObject({ code: 'host.permission' });
  });
  it('are listed sorted; one that is not there has nothing', async () => {
    await files.makeDirectory(join(root, 'list'));
    for (const name of ['b', 'a']) await files.write(join(root, 'list', name), '');
    expect(await files.names(join(root, 'list'))).toEqual(['a', 'b']);
    expect(await files.names(join(root, 'none'))).toEqual([]);
  });
});

it('a copy appears complete, and of nothing there is none', async () => {
  await files.write(join(root, 'from'), 'text');
  expect(await files.copy(join(root, 'from'), join(root, 'to'))).toBe(true);
  expect(await readFile(join(root, 'to'), 'utf8')).toBe('text');
  expect(await files.copy(join(root, 'absent'), join(root, 'to'))).toBe(false);
  expect(await readFile(join(root, 'to'), 'utf8')).toBe('text');
});
