import type { VmConfig } from '../../core/config/vm-config.ts';
import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { findImage } from '../../core/image/find-image.ts';
import type { ObtainableImage } from '../../core/image/image-entry.ts';
import type { MergedLock } from '../../core/image/merge-locks.ts';
import { chooseArch } from '../../core/plan/choose-image.ts';
import { makePlan } from '../../core/plan/make-plan.ts';
import type { PlannedImage, VmPlan } from '../../core/plan/vm-plan.ts';
import type { CachedImage } from '../../core/ports/image-cache.ts';
import type { Dependencies } from '../dependencies.ts';

export interface Planned {
  readonly plan: VmPlan;
  /** How the image is obtained; undefined for a file of the user, which is there already. */
  readonly entry?: ObtainableImage;
  readonly cached?: CachedImage;
}

/** Looks at the host and decides; changes nothing. The image may not be in the cache yet. */
export async function planVm(deps: Dependencies, call: Call, config: VmConfig, previous?: VmPlan): Promise<Planned> {
  const facts = await deps.facts();
  const request = {
    config,
    previous,
    host: await facts.collect(chooseArch(config, deps.hostArch).value, call.signal),
    lock: await deps.lockFiles.merged(),
    sshPublicKeys: await authorizedKeys(deps, config),
    ...(await cloudConfigOf(deps, config)),
  };
  // The first plan says which image; with what is known of its bytes the second one is complete.
  const first = makePlan(request);
  const image = first.image.value;
  if (image.kind === 'file') {
    const cached = await fileAsImage(deps, image);
    return { plan: makePlan({ ...request, cachedImage: cached }), cached };
  }
  const entry = entryOf(request.lock, image);
  const cached = await (await deps.images()).lookup(entry);
  return cached ? { plan: makePlan({ ...request, cachedImage: cached }), entry, cached } : { plan: first, entry };
}

/** The entry of the lock file, or one made from `image.url` and `image.checksum` of the config. */
function entryOf(lock: MergedLock, image: PlannedImage): ObtainableImage {
  const known = lock.images.find((entry) => entry.id === image.id && entry.arch === image.arch);
  if (known || image.url === undefined || image.digest === undefined)
    return known ?? findImage(lock, image.id, image.arch);
  return {
    kind: 'vendor',
    id: image.id,
    arch: image.arch,
    name: image.id,
    format: 'qcow2',
    compression: 'none',
    size: null,
    digest: image.digest,
    urls: [image.url],
    redirectHosts: ['*'],
    provenance: { level: 'pinned', method: 'none', verifiedAt: null, verifiedWith: null },
  };
}

async function fileAsImage(deps: Dependencies, image: PlannedImage): Promise<CachedImage> {
  const path = expandHome(deps, image.path ?? image.id);
  if (!(await deps.files.exists(path))) {
    fail('image.not-cached', `the image file ${path} does not exist`, {
      details: { file: path },
      next: ['sysmonvm fetch-image --help'],
    });
  }
  const disks = await deps.disks();
  const { format } = await disks.inspect(path);
  if (format !== 'qcow2' && format !== 'raw') {
    fail('image.unsafe-base', `${path} is of format ${format}; qcow2 and raw can be used`, {
      details: { file: path, format },
    });
  }
  const { virtualSizeBytes } = await disks.assertSafeBase(path, format);
  const digest = await deps.digestOfFile(path, image.digest);
  return {
    id: image.id,
    arch: image.arch,
    digest,
    path,
    format,
    virtualSizeBytes,
    fetchedAt: new Date(deps.clock.now()).toISOString(),
    level: image.level,
  };
}

function expandHome(deps: Dependencies, path: string): string {
  return path.startsWith('~/') ? `${deps.home}${path.slice(1)}` : path;
}

async function cloudConfigOf(deps: Dependencies, config: VmConfig): Promise<{ cloudConfig?: string }> {
  const path = config.cloudInit.value;
  return path === undefined
    ? {}
    : { cloudConfig: await (await deps.guestIdentity()).readCloudConfig(expandHome(deps, path)) };
}

/** The user's own public keys beside ours: the file named by the config, when it is there. */
async function authorizedKeys(deps: Dependencies, config: VmConfig): Promise<readonly string[]> {
  const { value, origin } = config.sshKey;
  if (value === undefined) return [];
  const path = expandHome(deps, value);
  const text = await deps.files.read(path);
  if (text === undefined) {
    if (origin.from === 'default') return [];
    fail('usage.invalid-argument', `the SSH public key ${path} does not exist`, {
      details: { file: path },
      next: [`ssh-keygen -t ed25519 -f ${path.replace(/\.pub$/, '')}`],
    });
  }
  const keys = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const wrong = keys.find((line) => !/^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp\d+|sk-\S+) [A-Za-z0-9+/=]+/.test(line));
  if (wrong !== undefined || keys.length === 0) {
    fail('usage.invalid-argument', `${path} holds no SSH public key (a private key is never sent to a guest)`, {
      details: { file: path },
    });
  }
  return keys;
}
