import { describe, expect, it } from 'vitest';
import type { ImageOperations } from '../../../src/core/engine.ts';
import type { ImageFacts, ImagePage, UpdateReport, Verified } from '../../../src/core/image-operations.ts';
import { documentSchemas } from '../../../src/core/wire/documents.ts';
import { fakeImages } from '../../support/fake-engine.ts';
import { cli } from '../../support/run-cli.ts';

const fingerprint = 'BF18AC2876178908D6E71267D36CB86CB86B3716';
const facts: ImageFacts = {
  id: 'almalinux-9',
  arch: 'x86_64',
  name: 'AlmaLinux 9.8 GenericCloud',
  kind: 'vendor',
  origin: 'workspace',
  version: '9.8',
  build: '20260526',
  level: 'signed',
  trust: 'signed',
  key: { id: 'almalinux-9', fingerprint, origin: 'shipped' },
  digest: `sha256:${'ab'.repeat(32)}`,
  sizeBytes: 500 * 1024 ** 2,
  releasedOn: '2026-05-26',
  ageDays: 120,
  verifiedAt: '2026-06-01T00:00:00.000Z',
  verifiedDaysAgo: 114,
  stale: true,
};
const page: ImagePage = {
  ...facts,
  levelMeans: 'The signature was checked.',
  toRaise: 'sysmonvm image update almalinux-9',
  urls: ['https://repo.example/a.qcow2', 'https://mirror.example/a.qcow2'],
  signer: {
    key: 'almalinux-9',
    fingerprint,
    origin: 'shipped',
    created: '2026-05-26T10:00:00Z',
    hash: 'sha256',
    userId: 'AlmaLinux OS 9 <packager@almalinux.org>',
  },
  keyState: { userId: 'AlmaLinux OS 9 <packager@almalinux.org>', expires: '2030-01-01T00:00:00Z' },
  verifiedWith: 'sysmonvm 1.0.0',
  evidence: 'complete',
  cached: { path: '/c/disk.qcow2', sizeBytes: 500 * 1024 ** 2, since: '2026-06-01T00:00:00.000Z', usedBy: ['build'] },
};
const run = (argv: readonly string[], known: Partial<ImageOperations>) =>
  cli(argv, { engine: { images: fakeImages(known) } });

describe('image list and show', () => {
  it('list: one line an image, who may sign and how long ago it was asked', async () => {
    const list = async () => [
      facts,
      { ...facts, id: 'tiny', kind: 'local', level: 'local', trust: 'local' } as ImageFacts,
    ];
    expect((await run(['image', 'list'], { list })).stdout).toMatch(
      /^ID +ARCH +VERSION +TRUST +CHECKED +SIZE +AGE +CACHED +MAY SIGN\nalmalinux-9 +x86_64 +9.8 20260526 +signed +114 d ago, stale +500 MiB +120 d +no +almalinux-9 D36CB86CB86B3716\n/,
    );
    documentSchemas['image-list'].parse((await run(['images', '--json'], { list })).json());
    expect((await run(['image', 'list', '--cached'], { list })).stdout).toBe('No images.\n');
  });
  it('show: everything that a person needs to judge the bytes', async () => {
    const show = async () => page;
    const { stdout } = await run(['image', 'show', 'almalinux-9'], { show });
    for (const words of [
      'lock file of this workspace',
      'by almalinux-9, AlmaLinux OS 9 <packager@almalinux.org>',
      fingerprint,
      '2026-05-26T10:00:00Z, sha256',
      'usable until 2030-01-01T00:00:00Z',
      '114 days ago) by sysmonvm 1.0.0; STALE',
      'mirror',
      '524288000 bytes',
      'used by build',
      'are kept',
    ])
      expect(stdout).toContain(words);
    documentSchemas['image-page'].parse((await run(['image', 'show', 'almalinux-9', '--json'], { show })).json());
    const refused = { ...page, keyState: { refused: { code: 'image.key-expired', message: 'it expired' } } };
    expect((await run(['image', 'show', 'x'], { show: async () => refused })).stdout).toContain(
      'refused now: [image.key-expired]',
    );
  });
});

describe('image verify and update', () => {
  const good: Verified = {
    ...{ id: 'a', arch: 'x86_64', digest: 'sha256:ab', level: 'signed' },
    ...{ bytes: 'right', signature: 'good', stale: false },
  };
  it('verify: 0 when all is right, 5 when something is not; the age limit is handed on', async () => {
    const asked: unknown[] = [];
    const bad: Verified = {
      ...good,
      id: 'b',
      signature: 'bad',
      problem: { code: 'image.signature-bad', message: 'no' },
    };
    const verify = (images: readonly Verified[]) => async (options: unknown) => {
      asked.push(options);
      return images;
    };
    expect((await run(['image', 'verify', 'a', '--max-age', '30'], { verify: verify([good]) })).code).toBe(0);
    const result = await run(['image', 'verify', '--json'], { verify: verify([good, bad]) });
    expect(result.code).toBe(5);
    documentSchemas['image-verify'].parse(result.json());
    expect((await run(['image', 'verify'], { verify: verify([bad]) })).stdout).toContain('SIGNATURE NOT GOOD');
    expect(asked.slice(0, 2)).toEqual([{ image: { id: 'a' }, maxAgeDays: 30 }, {}]);
    expect((await run(['image', 'verify', '--arch', 'x86_64'], {})).code).toBe(2);
  });
  const updated = (outcome: UpdateReport['images'][number]['outcome'], check = false): UpdateReport => ({
    check,
    ...(check ? {} : { lockFile: '/w/images.lock.json' }),
    images: [{ id: 'a', arch: 'x86_64', outcome, level: 'signed', changes: [{ field: 'build', from: '1', to: '2' }] }],
  });
  it.each([
    ['updated', ['a'], 0],
    ['behind', ['--all', '--check'], 1],
    ['failed', ['--all'], 5],
    ['current', ['--all', '--check'], 0],
  ] as const)('update: %s', async (outcome, argv, code) => {
    const report = updated(outcome, (argv as readonly string[]).includes('--check'));
    const result = await run(['image', 'update', ...argv], { update: async () => report });
    expect(result.code).toBe(code);
    expect(result.stdout).toContain('  - build: 1\n  + build: 2\n');
    const json = await run(['image', 'update', ...argv, '--json'], { update: async () => report });
    documentSchemas['image-update'].parse(json.json());
  });
  it('update: one image or all of them, never neither', async () => {
    expect((await run(['image', 'update'], {})).code).toBe(2);
    expect((await run(['image', 'update', 'a', '--all'], {})).code).toBe(2);
  });
});

describe('image add and keys', () => {
  it('add: hands on what was typed', async () => {
    const asked: unknown[] = [];
    const add: ImageOperations['add'] = async (request) => {
      asked.push(request);
      return facts;
    };
    const argv = ['image', 'add', 'https://x.example/a.qcow2', '--id', 'a', '--checksums', 'https://x.example/S'];
    documentSchemas['image-added'].parse((await run([...argv, '--acknowledge', 'why', '--json'], { add })).json());
    await run(
      [...argv, '--signature', 'https://x.example/S.asc', '--key', 'k', '--form', 'clearsigned', '--arch', 'aarch64'],
      { add },
    );
    const common = { source: 'https://x.example/a.qcow2', id: 'a', user: 'cloud-user', family: 'el' };
    const checksums = { url: 'https://x.example/S', format: 'gnu' };
    expect(asked).toEqual([
      { ...common, arch: undefined, checksums, acknowledged: 'why' },
      {
        ...common,
        arch: 'aarch64',
        checksums,
        signature: { url: 'https://x.example/S.asc', form: 'clearsigned', key: 'k' },
      },
    ]);
    expect((await run(['image', 'add', './a'], { add })).code).toBe(2);
    expect((await run([...argv, '--signature', 'https://x.example/S.asc'], { add })).code).toBe(2);
  });
  it('three words find their command; keys show their fingerprint in full', async () => {
    const key = {
      id: 'k',
      fingerprint,
      origin: 'workspace',
      file: 'keys/k.pgp',
      form: 'detached',
      images: ['a'],
    } as const;
    const { stdout } = await run(['image', 'key', 'list'], { keys: async () => [key] });
    expect(stdout).toBe(`k (your key)\n  ${fingerprint}\n  usable\n  signs: a\n`);
    const added = await run(['image', 'key', 'add', 'k.asc', '--fingerprint', fingerprint, '--json'], {
      addKey: async () => key,
    });
    documentSchemas['image-key'].parse(added.json());
    documentSchemas['image-keys'].parse(
      (await run(['image', 'key', 'list', '--json'], { keys: async () => [key] })).json(),
    );
    expect((await run(['image', 'key', 'add', 'k.asc'], {})).stderr).toContain('gpg --show-keys');
    expect((await run(['image', 'key'], {})).stdout).toContain('image key add');
  });
  it('--offline is asked of the composition', async () => {
    const asked: unknown[] = [];
    await cli(['image', 'list', '--offline'], {
      engine: { images: fakeImages({ list: async () => [] }) },
      onCompose: (request) => asked.push(request.offline),
    });
    expect(asked).toEqual([true]);
  });
});
