import { describe, expect, it } from 'vitest';
import type { Dependencies } from '../../../src/app/dependencies.ts';
import { pruneImages } from '../../../src/app/images/prune-images.ts';
import { usableKey } from '../../../src/app/images/trusted-keys.ts';
import type { Call } from '../../../src/core/engine.ts';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import { shippedLock } from '../../support/plan-fixtures.ts';

const call: Call = { requestId: 'r', signal: new AbortController().signal, report: () => undefined };
const now = Date.UTC(2026, 10, 21);
/** Only what a test gives it; everything else fails. */
const fake = (known: object): Dependencies =>
  new Proxy({ clock: { now: () => now }, offline: false, ...known } as Dependencies, {
    get(target, name) {
      if (name in target) return target[name as keyof Dependencies];
      throw new Error(`unexpected use of deps.${String(name)}`);
    },
  });

describe('a certificate that has grown old', () => {
  const bytes = (text: string) => Uint8Array.from(Buffer.from(text));
  /** `old` is refused, `new` is usable, `other` is another key. */
  function world(
    options: {
      served?: string;
      kept?: string;
      offline?: boolean;
      code?: 'image.key-expired' | 'image.key-revoked';
    } = {},
  ) {
    const asked: string[] = [];
    const kept: string[] = [];
    const deps = fake({
      offline: options.offline ?? false,
      lockFiles: {
        readKey: async () => bytes('old'),
        readRefreshedKey: async () => (options.kept === undefined ? undefined : bytes(options.kept)),
        keepRefreshedKey: async (_: string, certificate: Uint8Array) =>
          void kept.push(Buffer.from(certificate).toString()),
      },
      vendorFiles: async () => ({
        fetch: async (url: string) => {
          asked.push(url);
          return bytes(options.served ?? 'new');
        },
      }),
      signatures: async () => ({
        assertUsable: async ({ certificate }: { certificate: Uint8Array }) => {
          const text = Buffer.from(certificate).toString();
          if (text === 'new') return { userId: 'openSUSE', expires: '2030-05-27T00:00:00Z' };
          throw new SysmonvmError(
            text === 'old' ? (options.code ?? 'image.key-expired') : 'image.key-fingerprint',
            text,
          );
        },
      }),
    });
    const use = (id: string, refresh = true, keep = true) => usableKey(deps, call, shippedLock, id, { refresh, keep });
    return { use, asked, kept };
  }

  it('is replaced by one of the vendor’s server, with the pinned fingerprint, and kept', async () => {
    const { use, asked, kept } = world();
    expect(await use('opensuse-2022')).toMatchObject({
      userId: 'openSUSE',
      key: { packetVersions: [3, 4], origin: 'shipped' },
    });
    expect(asked).toEqual([expect.stringMatching(/^https:\/\/download\.opensuse\.org\//)]);
    expect(kept).toEqual(['new']);
  });
  it('is not kept by a check, and a kept one is used without network', async () => {
    const checking = world();
    await checking.use('opensuse-2022', true, false);
    expect(checking.kept).toEqual([]);
    const later = world({ kept: 'new', offline: true });
    await later.use('opensuse-2022', false);
    expect(later.asked).toEqual([]);
  });
  it('another key in its place is refused', async () => {
    const { use, kept } = world({ served: 'other' });
    await expect(use('opensuse-2022')).rejects.toMatchObject({ code: 'image.key-fingerprint' });
    expect(kept).toEqual([]);
  });
  it.each<[string, string, Parameters<typeof world>[0] & object]>([
    ['a key without an address', 'almalinux-9', {}],
    ['a revoked key', 'opensuse-2022', { code: 'image.key-revoked' }],
    ['offline', 'opensuse-2022', { offline: true }],
  ])('stays refused: %s', async (_, id, options) => {
    const { use, asked } = world(options);
    await expect(use(id)).rejects.toMatchObject({ code: options.code ?? 'image.key-expired' });
    expect(asked).toEqual([]);
  });
});

describe('image prune', () => {
  const image = (name: string, ageDays: number) => ({
    ...{ id: name, arch: 'x86_64', digest: `sha256:${name}`, path: `/c/${name}` },
    fetchedAt: new Date(now - ageDays * 86_400_000).toISOString(),
  });
  const storeOf = (...bases: readonly string[]) => ({
    list: async () => ({ vms: bases.map((baseImagePath) => ({ ledger: { kept: { baseImagePath } } })), broken: [] }),
  });
  const prune = async (options: { olderThanMs?: number; dryRun: boolean }) => {
    const removed: string[] = [];
    const deps = fake({
      files: { usage: async () => 7 },
      knownStores: async () => [storeOf('/c/here'), storeOf('/c/there')],
      knownTemplates: async () => [{ list: async () => ({ templates: [{ baseImagePath: '/c/frozen' }], broken: [] }) }],
      images: async () => ({
        list: async () => ['here', 'there', 'frozen', 'old'].map((id) => image(id, 50)).concat(image('new', 1)),
        remove: async (digest: string) => removed.push(digest),
        removePartial: async () => 0,
      }),
    });
    return { removals: (await pruneImages(deps, call, options)).map(({ path }) => path), removed };
  };

  it('never takes what a VM or a template of this or another workspace uses', async () => {
    expect(await prune({ dryRun: false })).toEqual({
      removals: ['/c/old', '/c/new'],
      removed: ['sha256:old', 'sha256:new'],
    });
  });
  it('takes only old ones when told so, and nothing in a dry run', async () => {
    expect(await prune({ olderThanMs: 30 * 86_400_000, dryRun: true })).toEqual({ removals: ['/c/old'], removed: [] });
  });
});
