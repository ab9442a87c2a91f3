import type { Call } from '../../core/engine.ts';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { MergedLock } from '../../core/image/merge-locks.ts';
import { originOfKey } from '../../core/image/signer-of.ts';
import { trustAnchor } from '../../core/image/trust-anchors.ts';
import type { TrustedKey } from '../../core/ports/signatures.ts';
import type { Dependencies } from '../dependencies.ts';
import { keyOf } from './lock-keys.ts';

export interface UsableKey {
  readonly key: TrustedKey;
  readonly userId: string;
  readonly expires?: string;
}

const certificateLimitBytes = 256 * 1024;
const refreshable = new Set(['image.key-expired', 'image.key-weak']);

/**
 * The key with its certificate, which may be used now. A shipped certificate that has grown old may be replaced by
 * one of the vendor's server: the fingerprint is a digest of the key itself, so only its dates and certifications can
 * be new, and those are checked as strictly as before.
 */
export async function usableKey(
  deps: Dependencies,
  call: Call,
  lock: MergedLock,
  id: string,
  options: { readonly refresh: boolean; readonly keep: boolean },
): Promise<UsableKey> {
  const checker = await deps.signatures();
  const now = new Date(deps.clock.now());
  const origin = originOfKey(id);
  const anchor = trustAnchor(id);
  const key: TrustedKey = {
    id,
    key: keyOf(lock, id),
    origin: origin === 'shipped' ? 'shipped' : 'user',
    packetVersions: anchor?.packetVersions ?? [4],
    certificate: await deps.lockFiles.readKey(id, lock),
  };
  const check = async (candidate: TrustedKey): Promise<UsableKey> => ({
    key: candidate,
    ...(await checker.assertUsable(candidate, now)),
  });
  try {
    return await check(key);
  } catch (error) {
    if (anchor?.certificateUrl === undefined || !(error instanceof SysmonvmError) || !refreshable.has(error.code))
      throw error;
    const kept = await deps.lockFiles.readRefreshedKey(id);
    if (kept !== undefined) {
      const usable = await check({ ...key, certificate: kept }).catch(() => undefined);
      if (usable !== undefined) return usable;
    }
    if (!options.refresh || deps.offline) throw error;
    call.report({ kind: 'step', step: `fetch a newer certificate of the key ${id}`, state: 'running' });
    const certificate = await (await deps.vendorFiles()).fetch(anchor.certificateUrl, {
      limitBytes: certificateLimitBytes,
      signal: call.signal,
    });
    const usable = await check({ ...key, certificate });
    call.report({ kind: 'step', step: `fetch a newer certificate of the key ${id}`, state: 'done' });
    if (options.keep) await deps.lockFiles.keepRefreshedKey(id, certificate);
    return usable;
  }
}
