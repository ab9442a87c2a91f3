import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type CheckerTarget, targetName } from '../../core/checker-install/checker-lock.ts';
import { executableKind } from '../../core/checker-install/executable-kind.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';

export async function fileHash(path: string, algorithm: 'sha256' | 'sha512'): Promise<Buffer> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  return hash.digest();
}

/** `sha256:…` */
export const sha256Of = async (path: string): Promise<string> =>
  `sha256:${(await fileHash(path, 'sha256')).toString('hex')}`;

/** @throws checker.binary-unfit */
export async function requireExecutableFor(path: string, target: CheckerTarget): Promise<void> {
  const head = await firstBytes(path);
  const kind = executableKind(head);
  if (kind?.os === target.os && kind.arch === target.arch) return;
  const found = kind === undefined ? 'no executable of Linux or macOS that we know' : `for ${targetName(kind)}`;
  fail('checker.binary-unfit', `${path} is ${found}; ${targetName(target)} is wanted`, {
    next: [`sysmonvm build-checker --os ${target.os} --arch ${target.arch}`],
  });
}

async function firstBytes(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(20), 0, 20, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    return fail('checker.binary-unfit', `${path} cannot be read: ${reason}`, { cause: error });
  }
}
