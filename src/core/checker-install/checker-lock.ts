import { z } from 'zod';
import { fail } from '../errors/sysmonvm-error.ts';

/** checker.lock.json: the Node executables from which the checker is made, as npm packages with their digests. */
const checkerLockSchema = z.strictObject({
  schemaVersion: z.literal(1),
  nodeVersion: z.string().regex(/^\d+\.\d+\.\d+$/),
  nodes: z.array(
    z.strictObject({
      os: z.enum(['linux', 'darwin']),
      arch: z.enum(['x64', 'arm64']),
      package: z.string().regex(/^[a-z0-9-]+$/),
      /** Of the executable in the package. */
      path: z.string().regex(/^[a-z0-9/]+$/),
      integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/),
    }),
  ),
});

export type CheckerLock = z.infer<typeof checkerLockSchema>;
export type LockedNode = CheckerLock['nodes'][number];

export interface CheckerTarget {
  readonly os: 'linux' | 'darwin';
  readonly arch: 'x64' | 'arm64';
}

export const targetName = ({ os, arch }: CheckerTarget): string => `${os}-${arch}`;

export function readCheckerLock(value: unknown): CheckerLock {
  const parsed = checkerLockSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return fail('checker.lock-invalid', `checker.lock.json: ${issue?.path.join('.')}: ${issue?.message}`);
}

const nodeOf = (lock: CheckerLock, { os, arch }: CheckerTarget) =>
  lock.nodes.find((node) => node.os === os && node.arch === arch);

/** The Node that becomes the executable, and the one that makes the blob: of one version, run by this host. */
export function chooseNodes(
  lock: CheckerLock,
  target: CheckerTarget,
  host: CheckerTarget,
): { readonly shell: LockedNode; readonly builder: LockedNode } {
  const known = lock.nodes.map(targetName).join(', ');
  const shell =
    nodeOf(lock, target) ??
    fail('checker.lock-invalid', `checker.lock.json has no Node for ${targetName(target)}; it has ${known}`);
  const builder =
    nodeOf(lock, host) ??
    fail('checker.no-builder', `this host is ${targetName(host)}; checker.lock.json has ${known}`, {
      next: ['sysmonvm vm-install --binary FILE'],
    });
  return { shell, builder };
}
