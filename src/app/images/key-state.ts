import type { Call, Removal } from '../../core/engine.ts';
import { fail, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { fingerprint as fingerprintSchema, keyId as keyIdSchema } from '../../core/image/image-entry.ts';
import type { MergedLock } from '../../core/image/merge-locks.ts';
import { originOfKey } from '../../core/image/signer-of.ts';
import { trustAnchor } from '../../core/image/trust-anchors.ts';
import type { KeyFacts } from '../../core/image-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { keyOf } from './lock-keys.ts';
import { usableKey } from './trusted-keys.ts';

/** Whether the certificate may be used now; nothing is fetched for the answer. */
export async function keyState(
  deps: Dependencies,
  call: Call,
  merged: MergedLock,
  id: string,
): Promise<Pick<KeyFacts, 'userId' | 'expires' | 'refused'>> {
  try {
    const { userId, expires } = await usableKey(deps, call, merged, id, { refresh: false, keep: false });
    return { userId, ...(expires === undefined ? {} : { expires }) };
  } catch (error) {
    if (!(error instanceof SysmonvmError)) throw error;
    return { refused: { code: error.code, message: error.message } };
  }
}

export async function listKeys(deps: Dependencies, call: Call): Promise<readonly KeyFacts[]> {
  const merged = await deps.lockFiles.merged();
  return Promise.all(Object.keys(merged.keys).map((id) => keyFacts(deps, call, merged, id)));
}

async function keyFacts(deps: Dependencies, call: Call, merged: MergedLock, id: string): Promise<KeyFacts> {
  const { fingerprint, file, signatureForm } = keyOf(merged, id);
  return {
    id,
    fingerprint,
    origin: originOfKey(id),
    file,
    form: signatureForm,
    ...(await keyState(deps, call, merged, id)),
    images: [...new Set(merged.images.filter((entry) => namesKey(entry, id)).map((entry) => entry.id))],
  };
}

function namesKey(entry: MergedLock['images'][number], id: string): boolean {
  return entry.kind === 'vendor' && entry.provenance.signature?.key === id;
}

const keyLimitBytes = 1024 * 1024;

/** The certificate has to be the one with this fingerprint, and usable now; then it is copied and written down. */
export async function addKey(
  deps: Dependencies,
  call: Call,
  request: { readonly file: string; readonly fingerprint: string; readonly id?: string },
): Promise<KeyFacts> {
  const fingerprint = readFingerprint(request.fingerprint);
  const id = readKeyId(request.id ?? idFromFile(request.file));
  const merged = await deps.lockFiles.merged();
  if (trustAnchor(id) !== undefined || Object.hasOwn(merged.keys, id))
    fail('image.id-reserved', `There is a key "${id}" already.`, {
      details: { id },
      next: [
        'sysmonvm image key list',
        `sysmonvm image key add ${request.file} --fingerprint ${fingerprint} --id OTHER`,
      ],
    });
  const certificate = await deps.lockFiles.readUserFile(request.file, keyLimitBytes);
  const key = {
    fingerprint,
    file: 'keys/unwritten',
    fileSha256: deps.lockFiles.sha256(certificate),
    allowedHashes: ['sha256' as const, 'sha384' as const, 'sha512' as const],
    signatureForm: 'detached' as const,
  };
  const trusted = { id, key, origin: 'user', packetVersions: [4], certificate } as const;
  await (await deps.signatures()).assertUsable(trusted, new Date(deps.clock.now()));
  const placed = await deps.lockFiles.addKeyFile(id, certificate);
  await deps.lockFiles.change(deps.lockFiles.workspacePath, (lock) => ({
    ...lock,
    keys: { ...lock.keys, [id]: { ...key, ...placed } },
  }));
  return keyFacts(deps, call, await deps.lockFiles.merged(), id);
}

function readFingerprint(typed: string): string {
  const text = typed.replace(/[\s:]/g, '').replace(/^0x/i, '').toUpperCase();
  if (fingerprintSchema.safeParse(text).success) return text;
  return fail('usage.invalid-argument', `--fingerprint is "${typed}"; it has to be 40 hex digits.`, {
    next: ['gpg --show-keys --with-fingerprint FILE'],
  });
}

function readKeyId(text: string): string {
  if (keyIdSchema.safeParse(text).success) return text;
  return fail('usage.invalid-argument', `The id of a key is lower-case words joined by "-", not "${text}".`);
}

function idFromFile(path: string): string {
  const name = path.split('/').at(-1) ?? path;
  return name
    .replace(/\.(asc|gpg|pgp|pub|key)$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

export async function removeKey(deps: Dependencies, id: string): Promise<readonly Removal[]> {
  const merged = await deps.lockFiles.merged();
  const { file } = keyOf(merged, id);
  if (originOfKey(id) === 'shipped')
    fail('image.id-reserved', `The key "${id}" comes with sysmonvm; it cannot be removed.`, { details: { id } });
  const users = merged.images.filter((entry) => namesKey(entry, id)).map((entry) => entry.id);
  if (users.length > 0)
    fail('image.in-use', `The key "${id}" is named by ${[...new Set(users)].join(', ')}.`, {
      details: { id, users },
      next: users.map((user) => `sysmonvm image remove ${user}`),
    });
  await deps.lockFiles.change(deps.lockFiles.workspacePath, (lock) => ({
    ...lock,
    keys: Object.fromEntries(Object.entries(lock.keys).filter(([other]) => other !== id)),
  }));
  await deps.lockFiles.removeKeyFile(file);
  return [{ what: `key ${id}`, path: file, reason: 'asked for' }];
}
