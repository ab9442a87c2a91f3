import { chmod, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckerLock, LockedNode } from '../../core/checker-install/checker-lock.ts';
import { fail, hasCode } from '../../core/errors/sysmonvm-error.ts';
import { type BuildCall, type BundleDeps, step } from './bundle-places.ts';
import { fileHash } from './file-hash.ts';

const downloadMs = 600_000;
const unpackMs = 120_000;
const licensePath = 'package/LICENSE';

export interface UnpackedNode {
  readonly executable: string;
  /** Path of the text of its license. */
  readonly license: string;
}

/**
 * A Node executable of the lock file. It is fetched once, by npm with the user's own configuration (registry,
 * proxy, credentials), and its package is compared with the lock file before anything of it is unpacked.
 * @throws checker.node-unobtainable, checker.node-not-trusted
 */
export async function lockedNode(
  deps: BundleDeps,
  lock: CheckerLock,
  node: LockedNode,
  call: BuildCall,
): Promise<UnpackedNode> {
  const digest = Buffer.from(node.integrity.slice('sha512-'.length), 'base64').toString('hex').slice(0, 32);
  const kept = join(deps.places.nodes, `${node.package}-${lock.nodeVersion}-${digest}`);
  const unpacked: UnpackedNode = { executable: kept, license: `${kept}.LICENSE` };
  if ((await isFile(unpacked.license)) && (await isFile(kept))) return unpacked;
  const name = `${node.package}@${lock.nodeVersion}`;
  if (deps.offline) fail('checker.node-unobtainable', `${name} is not in the cache, and --offline forbids to fetch it`);
  await mkdir(deps.places.nodes, { recursive: true });
  const folder = await mkdtemp(join(deps.places.nodes, '.new-'));
  try {
    await step(call, `fetch ${name} by npm`, () => fetchPackage(deps, name, folder, call.signal));
    const archive = join(folder, `${node.package}-${lock.nodeVersion}.tgz`);
    await requireIntegrity(archive, name, node.integrity);
    await step(call, `unpack ${name}`, () =>
      deps.runner.run('tar', ['-xzf', archive, '-C', folder, node.path, licensePath], {
        signal: call.signal,
        timeoutMs: unpackMs,
      }),
    );
    await chmod(join(folder, node.path), 0o755);
    await rename(join(folder, licensePath), unpacked.license);
    await rename(join(folder, node.path), kept);
    return unpacked;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchPackage(deps: BundleDeps, name: string, folder: string, signal: AbortSignal): Promise<void> {
  try {
    await deps.runner.run('npm', ['pack', name, '--pack-destination', folder, '--ignore-scripts', '--loglevel=error'], {
      cwd: folder,
      env: npmEnvironment(deps.env),
      signal,
      timeoutMs: downloadMs,
    });
  } catch (error) {
    if (!hasCode(error, 'host.tool-failed', 'host.tool-deadline')) throw error;
    fail('checker.node-unobtainable', `${name}: ${error.message}`, { cause: error, next: [`npm view ${name}`] });
  }
}

/** What npm and the Node that runs it are told by their user. */
function npmEnvironment(env: BundleDeps['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && (entry[0] === 'NODE_EXTRA_CA_CERTS' || /^npm_config_/i.test(entry[0])),
    ),
  );
}

async function requireIntegrity(archive: string, name: string, expected: string): Promise<void> {
  const found = `sha512-${(await fileHash(archive, 'sha512')).toString('base64')}`;
  if (found === expected) return;
  fail('checker.node-not-trusted', `${name} is ${found}; checker.lock.json says ${expected}`, {
    details: { package: name, expected, found },
  });
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
