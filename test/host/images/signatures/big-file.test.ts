import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SysmonvmError } from '../../../../src/core/errors/sysmonvm-error.ts';
import { at, bytesOf, checker, makeKey, newGpg, now, refusal, signDetached } from './throwaway-keys.ts';

const mebibyte = 1024 * 1024;

/** Mostly a hole: it costs no space. */
function sparseFile(directory: string, sizeMib: number): string {
  const path = join(directory, 'image.qcow2');
  execFileSync('truncate', [`--size=${sizeMib}M`, path]);
  appendFileSync(path, 'the end');
  return path;
}

describe('a signature over an image itself', () => {
  it('by GnuPG, over 600 MiB: verified without holding the file in memory [R-24]', async () => {
    const gpg = await newGpg();
    const fingerprint = gpg.makeKey('rsa2048');
    const path = sparseFile(gpg.home, 600);
    gpg.run([
      `--faked-system-time=${at(10).getTime() / 1000}!`,
      '--armor',
      '--output',
      `${path}.asc`,
      '--detach-sign',
      path,
    ]);
    const request = { path, signature: gpg.read('image.qcow2.asc'), key: gpg.trusted(fingerprint), now };
    const before = process.memoryUsage().rss;
    let highest = before;
    const watch = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage().rss);
    }, 5);
    const { by } = await checker.checkFile(request).finally(() => clearInterval(watch));
    expect(by).toMatchObject({ fingerprint, hash: 'sha512', created: at(10).toISOString().replace('.000Z', 'Z') });
    expect((highest - before) / mebibyte).toBeLessThan(200);
    appendFileSync(path, '!');
    await refusal(checker.checkFile(request), 'image.signature-bad');
  });

  it('of an empty file, and of one that is read in several pieces', async () => {
    const gpg = await newGpg();
    const key = await makeKey();
    for (const content of [Buffer.alloc(0), Buffer.alloc(5 * mebibyte + 3, 'piece')]) {
      const path = gpg.file('image', content);
      const signature = await signDetached(content, key);
      const { by } = await checker.checkFile({ path, signature, key: key.trusted, now });
      expect(by.fingerprint).toBe(key.fingerprint);
    }
  });

  it('a file that is not there or cannot be read is an error of the file, not of the signature', async () => {
    const gpg = await newGpg();
    const key = await makeKey();
    const signature = await signDetached(bytesOf(''), key);
    for (const [path, code] of [
      [join(gpg.home, 'missing'), 'ENOENT'],
      [gpg.home, 'EISDIR'],
    ] as const)
      await expect(checker.checkFile({ path, signature, key: key.trusted, now })).rejects.toMatchObject({ code });
  });

  it.each([0, 1, 5, 20])('is given up when asked to, after %i ms [R-24]', async (delayMs) => {
    const gpg = await newGpg();
    const key = await makeKey();
    const path = sparseFile(gpg.home, 2000);
    const signature = await signDetached(bytesOf('something else'), key);
    const controller = new AbortController();
    const work = checker.checkFile({ path, signature, key: key.trusted, now, signal: controller.signal });
    setTimeout(() => controller.abort(), delayMs);
    const error = await work.catch((reason: unknown) => reason);
    expect(error).not.toBeInstanceOf(SysmonvmError);
    expect(error).toMatchObject({ name: 'AbortError' });
  });

  it('was given up before it began: a signature over nothing is not taken for one over the file [R-24]', async () => {
    const gpg = await newGpg();
    const key = await makeKey();
    const path = gpg.file('image', Buffer.from('content'));
    const signature = await signDetached(Buffer.alloc(0), key);
    const work = checker.checkFile({ path, signature, key: key.trusted, now, signal: AbortSignal.abort() });
    await expect(work).rejects.toMatchObject({ name: 'AbortError' });
  });
});
