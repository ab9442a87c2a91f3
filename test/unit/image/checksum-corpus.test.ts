import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ChecksumsRequest, parseChecksums } from '../../../src/core/image/checksum-file.ts';
import { failure } from '../../support/failure.ts';

const folder = new URL('../../fixtures/checksums/', import.meta.url);
const read = (name: string) =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(readFileSync(new URL(name, folder)));

type Form = readonly [format: ChecksumsRequest['format'], distro: string, fileName?: string];
const request = ([format, distro, fileName]: Form, strict = true): ChecksumsRequest => ({
  format,
  distro,
  strict,
  ...(fileName === undefined ? {} : { fileName }),
});

const alpineName = 'nocloud_alpine-3.23.4-aarch64-uefi-cloudinit-r0.qcow2';
const good: Readonly<Record<string, { form: Form; count: number; has: string; sizeBytes?: number }>> = {
  'almalinux-9-aarch64': {
    form: ['gnu', 'almalinux'],
    count: 6,
    has: 'AlmaLinux-9-GenericCloud-9.8-20260526.aarch64.qcow2',
  },
  'almalinux-10-x86_64': {
    form: ['gnu', 'almalinux'],
    count: 12,
    has: 'AlmaLinux-10-GenericCloud-10.2-20260526.0.x86_64.qcow2',
  },
  'alpine-3.23-aarch64-bare': { form: ['bare', 'alpine', alpineName], count: 1, has: alpineName },
  'centos-8-kilobytes': {
    form: ['bsd', 'centos-stream'],
    count: 1,
    has: 'CentOS-8-GenericCloud-8.4.2105-20210603.0.x86_64.qcow2',
  },
  'centos-stream-9-aarch64': {
    form: ['bsd', 'centos-stream'],
    count: 4,
    has: 'CentOS-Stream-GenericCloud-9-latest.aarch64.qcow2',
    sizeBytes: 754_380_720,
  },
  'debian-13-SHA512SUMS': {
    form: ['gnu', 'debian'],
    count: 24,
    has: 'debian-13-genericcloud-arm64-20260712-2537.qcow2',
  },
  'debian-13-genericcloud-arm64-manifest': {
    form: ['json', 'debian'],
    count: 3,
    has: 'debian-13-genericcloud-arm64-20260712-2537.qcow2',
  },
  'fedora-44-aarch64-signed-text': {
    form: ['bsd', 'fedora'],
    count: 2,
    has: 'Fedora-Cloud-Base-Generic-44-1.7.aarch64.qcow2',
    sizeBytes: 528_154_624,
  },
  'opensuse-leap-15.6-one-space': {
    form: ['gnu', 'opensuse'],
    count: 1,
    has: 'openSUSE-Leap-15.6-Minimal-VM.aarch64-Cloud.qcow2',
  },
  'opensuse-leap-16-aarch64': {
    form: ['gnu', 'opensuse'],
    count: 1,
    has: 'Leap-16.0-Minimal-VM.aarch64-Cloud-Build18.7.qcow2',
  },
  'oracle-9-aarch64-template': { form: ['json', 'oracle'], count: 1, has: 'OL9U8_aarch64-kvm-cloud-b182.qcow2' },
  'rocky-8-x86_64-legacy': {
    form: ['bsd', 'rocky'],
    count: 2,
    has: 'Rocky-8-GenericCloud-Base-8.10-20240528.0.x86_64.qcow2',
    sizeBytes: 1_012_531_200,
  },
  'rocky-9-aarch64': {
    form: ['bsd', 'rocky'],
    count: 6,
    has: 'Rocky-9-GenericCloud-Base-9.8-20260525.0.aarch64.qcow2',
    sizeBytes: 616_890_368,
  },
  'ubuntu-24.04-SHA256SUMS': { form: ['gnu', 'ubuntu'], count: 48, has: 'ubuntu-24.04-server-cloudimg-arm64.img' },
};

describe('lists of digests in every form of the vendors [R-25]', () => {
  it('are all in the table', () => {
    expect(readdirSync(new URL('good/', folder)).sort()).toEqual(Object.keys(good).sort());
  });

  it.each(Object.entries(good))('%s is read, strictly and otherwise', (file, { form, count, has, sizeBytes }) => {
    const text = read(`good/${file}`);
    for (const strict of [true, false]) {
      const listed = parseChecksums(text, request(form, strict));
      expect(listed.size).toBe(count);
      expect(listed.get(has)?.sizeBytes).toBe(sizeBytes);
      for (const { algorithm, digest } of listed.values()) {
        expect(digest).toMatch(/^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/);
        expect(digest.startsWith(algorithm)).toBe(true);
        expect(stands(digest, text)).toBe(true);
      }
    }
  });

  it.each([
    ['almalinux-9-aarch64', ['gnu', 'ubuntu']],
    ['ubuntu-24.04-SHA256SUMS', ['gnu', 'almalinux']],
    ['opensuse-leap-15.6-one-space', ['gnu', 'almalinux']],
    ['rocky-8-x86_64-legacy', ['bsd', 'fedora']],
    ['fedora-44-aarch64-signed-text', ['gnu', 'fedora']],
    ['almalinux-9-aarch64', ['bare', 'alpine', alpineName]],
    ['alpine-3.23-aarch64-bare', ['gnu', 'alpine']],
  ] as const)('%s is refused as %j', (file, form) => {
    expect(failure(() => parseChecksums(read(`good/${file}`), request(form))).code).toBe('image.checksums-malformed');
  });
});

/** In hex or, for Debian, in base64. */
function stands(digest: string, text: string): boolean {
  const hex = digest.split(':')[1] ?? '';
  return text.includes(hex) || text.includes(Buffer.from(hex, 'hex').toString('base64').replace(/=+$/, ''));
}

const other: Readonly<Record<string, Form>> = {
  'bsd-with-wrong-length': ['bsd', 'rocky'],
  'clearsigned-not-unwrapped': ['bsd', 'fedora'],
  'name-parent-bsd': ['bsd', 'rocky'],
  'name-parent-size-comment': ['bsd', 'fedora'],
  'sha1-bsd': ['bsd', 'rocky'],
  'two-sizes-for-one-name': ['bsd', 'fedora'],
  'wget-log-appended': ['bsd', 'centos-stream'],
};

function formOf(file: string): Form {
  if (file.startsWith('json-')) return ['json', 'debian'];
  if (file.startsWith('bare-')) return ['bare', 'alpine', alpineName];
  return other[file] ?? ['gnu', 'almalinux'];
}

describe('lists of digests that no vendor means [R-27]', () => {
  const files = readdirSync(new URL('bad/', folder));
  const strictOnly = new Set(['binary-marker-from-almalinux']);

  it('are there for every trap', () => expect(files.length).toBeGreaterThanOrEqual(58));

  it.each(files.filter((file) => !/^(name-|nul-in-name|json-parent)/.test(file)))(
    '%s (case 12) is malformed',
    (file) => {
      for (const strict of strictOnly.has(file) ? [true] : [true, false]) {
        const error = failure(() => parseChecksums(read(`bad/${file}`), request(formOf(file), strict)));
        expect(error.code).toBe('image.checksums-malformed');
        expect(error.message).toMatch(/^[\x20-\x7e…]+$/);
      }
    },
  );

  it.each(files.filter((file) => /^(name-|nul-in-name|json-parent)/.test(file)))(
    '%s (case 13) is a bad name',
    (file) => {
      const error = failure(() => parseChecksums(read(`bad/${file}`), request(formOf(file), false)));
      expect(error.code).toBe('image.bad-name');
      expect(error.message).toMatch(/^[\x20-\x7e…]+$/);
    },
  );

  it.each([
    ['cr-in-one-line', 2],
    ['html-behind-good-lines', 7],
    ['two-digests-for-one-name', 7],
    ['wget-log-appended', 9],
    ['name-right-to-left', 7],
  ])('%s names line %d', (file, line) => {
    const error = failure(() => parseChecksums(read(`bad/${file}`), request(formOf(file), false)));
    expect(error.details['line']).toBe(line);
    expect(error.message).toContain(`line ${line}`);
  });

  it.each([
    ['10 MB', 'a'.repeat(10_000_000)],
    ['a line of 2 KiB', `${'0'.repeat(64)}  ${'a'.repeat(2048)}\n`],
    ['6000 lines', `${'#\n'.repeat(6000)}`],
  ])('%s is too large (case 12)', (_what, text) => {
    expect(failure(() => parseChecksums(text, request(['gnu', 'almalinux'], false))).code).toBe('image.too-large');
  });
});
