import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import { type ChecksumsRequest, parseChecksums } from '../../../src/core/image/checksum-file.ts';

const hexOf = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''));
const name = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._+~@=,-]{0,254}$/);
const entries = (length: number) =>
  fc.uniqueArray(fc.tuple(name, hexOf(length), fc.nat()), { minLength: 1, maxLength: 12, selector: ([key]) => key });
const list = fc.constantFrom(64, 96, 128).chain(entries);

type Writer = (name: string, hex: string, size: number) => string;
const bsdName: Readonly<Record<number, string>> = { 64: 'SHA256', 96: 'SHA384', 128: 'SHA512' };
const forms: Readonly<Record<string, { format: ChecksumsRequest['format']; distro: string; write: Writer }>> = {
  gnu: { format: 'gnu', distro: 'almalinux', write: (file, hex) => `${hex}  ${file}\n` },
  'gnu, binary marker': { format: 'gnu', distro: 'ubuntu', write: (file, hex) => `${hex} *${file}\n` },
  'gnu, one space': { format: 'gnu', distro: 'opensuse', write: (file, hex) => `${hex} ${file}\n` },
  bsd: {
    format: 'bsd',
    distro: 'rocky',
    write: (file, hex, size) => `# ${file}: ${size} bytes\n${bsdName[hex.length]} (${file}) = ${hex}\n`,
  },
};

/** Nothing but our own errors comes out, and no digest that the text does not hold, in one piece. */
function assertHonest(text: string, request: ChecksumsRequest): void {
  try {
    for (const [file, { digest }] of parseChecksums(text, request)) {
      const hex = digest.split(':')[1] ?? '';
      const base64 = Buffer.from(hex, 'hex').toString('base64').replace(/=+$/, '');
      expect(text.includes(hex) || (request.format === 'json' && text.includes(base64))).toBe(true);
      expect(file).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._+~@=,-]{0,254}$/);
      if (request.format === 'gnu' || request.format === 'bsd')
        expect(text.split('\n').some((line) => line.includes(hex) && line.includes(file))).toBe(true);
    }
  } catch (error) {
    if (!(error instanceof SysmonvmError)) throw error;
    expect(['image.checksums-malformed', 'image.bad-name', 'image.too-large']).toContain(error.code);
  }
}

const anyRequest = fc.record({
  format: fc.constantFrom('gnu', 'bsd', 'bare', 'json' as const),
  distro: fc.constantFrom('almalinux', 'rocky', 'ubuntu', 'debian', 'opensuse', 'custom', '__proto__', 'constructor'),
  strict: fc.boolean(),
  fileName: name,
});

describe('lists of digests, any', () => {
  it.each(Object.entries(forms))(
    '%s: what was written is read, no more and no less',
    (_what, { format, distro, write }) => {
      fc.assert(
        fc.property(list, (rows) => {
          const text = rows.map((row) => write(...row)).join('');
          const listed = parseChecksums(text, { format, distro, strict: true });
          expect([...listed].map(([file, { digest }]) => [file, digest.split(':')[1]])).toEqual(
            rows.map(([file, hex]) => [file, hex]),
          );
          if (format === 'bsd')
            expect([...listed.values()].map(({ sizeBytes }) => sizeBytes)).toEqual(rows.map(([, , size]) => size));
        }),
        { numRuns: 60 },
      );
    },
  );

  it.each(Object.entries(forms))('%s: one changed character never gives a digest that is not there', (_what, form) => {
    const change = fc.tuple(
      fc.nat(),
      fc.oneof(fc.string({ maxLength: 2 }), fc.constantFrom('\n', '\r', '\0', '\ufeff', ' ', '/')),
    );
    fc.assert(
      fc.property(list, change, fc.boolean(), (rows, [place, put], strict) => {
        const text = rows.map((row) => form.write(...row)).join('');
        const at = place % (text.length + 1);
        assertHonest(`${text.slice(0, at)}${put}${text.slice(at + 1)}`, { ...form, strict });
      }),
      { numRuns: 200 },
    );
  });

  it('text of any kind gives a list or an error of ours', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '',
        '#',
        '# a: 1 bytes',
        'SHA256 () = ',
        '<html>',
        '{"items":[{}]}',
        '{"a":{"sha256":1}}',
        '[',
        'null',
      ),
      hexOf(64),
      fc.tuple(hexOf(64), fc.constantFrom('  ', ' *', ' ', '\t'), fc.string()).map((parts) => parts.join('')),
    );
    const text = fc.oneof(
      fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n')),
      fc.json(),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(fc.property(text, anyRequest, assertHonest), { numRuns: 400 });
  });

  it('JSON in the shapes that are known, with anything in it, gives a list or an error of ours', () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 1 }), hexOf(64), fc.constant(`sha512:${'A'.repeat(86)}`), name);
    const upload = fc.record(
      {
        kind: fc.constantFrom('Upload', 'Build'),
        data: fc.oneof(fc.record({ ref: value }), value),
        metadata: fc.oneof(fc.record({ annotations: fc.record({ 'cloud.debian.org/digest': value }) }), value),
      },
      { requiredKeys: [] },
    );
    const template = fc.oneof(fc.record({ image: value, sha256: value }, { requiredKeys: [] }), value);
    const document = fc.oneof(
      fc.record({ items: fc.array(upload, { maxLength: 3 }) }),
      fc.record({ kvm: template, xen: template }),
    );
    fc.assert(
      fc.property(document, anyRequest, (shape, request) =>
        assertHonest(JSON.stringify(shape), { ...request, format: 'json' }),
      ),
      { numRuns: 300 },
    );
  });
});
